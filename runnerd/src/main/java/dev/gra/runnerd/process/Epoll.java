package dev.gra.runnerd.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** An epoll instance and the room for its events. */
final class Epoll implements AutoCloseable {
  static final int IN = 0x1;
  static final int OUT = 0x4;
  static final int ERROR = 0x8;
  static final int HANGUP = 0x10;

  private static final int ADD = 1;
  private static final int DELETE = 2;
  private static final int MODIFY = 3;
  private static final int CAPACITY = 256;

  // struct epoll_event is packed on x86-64 only.
  private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");
  private static final long DATA = PACKED ? 4 : 8;
  private static final long SIZE = PACKED ? 12 : 16;

  private static final MemorySegment CREATE = Native.function("epoll_create1");
  private static final MemorySegment CONTROL = Native.function("epoll_ctl");
  private static final MemorySegment WAIT = Native.function("epoll_wait");

  private final Arena arena = Arena.ofShared();
  private final MemorySegment events = arena.allocate(SIZE * CAPACITY, 8);
  private final MemorySegment change = arena.allocate(SIZE, 8);
  private final int fd;

  Epoll() throws ErrnoException {
    fd = Errno.check("epoll_create1", Native.callInt(CREATE, Fds.O_CLOEXEC));
  }

  void add(int watched, int mask, long data) throws ErrnoException {
    control(ADD, watched, mask, data);
  }

  void modify(int watched, int mask, long data) throws ErrnoException {
    control(MODIFY, watched, mask, data);
  }

  void delete(int watched) throws ErrnoException {
    control(DELETE, watched, 0, 0);
  }

  /** How many events there are; 0 also when a signal came. */
  int await(int timeoutMillis) throws ErrnoException {
    int count = Native.callInt(WAIT, fd, events.address(), CAPACITY, timeoutMillis);
    return count == -Errno.EINTR ? 0 : Errno.check("epoll_wait", count);
  }

  int mask(int index) {
    return events.get(ValueLayout.JAVA_INT_UNALIGNED, index * SIZE);
  }

  long data(int index) {
    return events.get(ValueLayout.JAVA_LONG_UNALIGNED, index * SIZE + DATA);
  }

  @Override
  public void close() {
    Fds.close(fd);
    arena.close();
  }

  private void control(int operation, int watched, int mask, long data) throws ErrnoException {
    change.set(ValueLayout.JAVA_INT_UNALIGNED, 0, mask);
    change.set(ValueLayout.JAVA_LONG_UNALIGNED, DATA, data);
    Errno.check("epoll_ctl", Native.callInt(CONTROL, fd, operation, watched, change.address()));
  }
}
