package dev.gra.runnerd.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicBoolean;

/** An eventfd that ends a reactor's wait. */
final class Wakeup implements AutoCloseable {
  private static final MemorySegment EVENTFD = Native.function("eventfd");

  private final Arena arena = Arena.ofShared();
  private final MemorySegment one = arena.allocate(8, 8);
  private final MemorySegment count = arena.allocate(8, 8);
  private final AtomicBoolean signalled = new AtomicBoolean();
  private final int fd;
  private boolean closed;

  Wakeup() throws ErrnoException {
    one.set(ValueLayout.JAVA_LONG, 0, 1);
    fd = Errno.check("eventfd", Native.callInt(EVENTFD, 0, Fds.O_CLOEXEC | Fds.O_NONBLOCK, 0, 0));
  }

  int fd() {
    return fd;
  }

  /** From any thread; one write for many signals. */
  void signal() {
    if (signalled.compareAndSet(false, true)) {
      write();
    }
  }

  /** Before the posts are looked at, so that none comes unnoticed in between. */
  void clear() {
    Fds.read(fd, count, 0);
    signalled.set(false);
  }

  @Override
  public synchronized void close() {
    closed = true;
    Fds.close(fd);
    arena.close();
  }

  private synchronized void write() {
    if (!closed) {
      Fds.write(fd, one);
    }
  }
}
