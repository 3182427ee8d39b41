package dev.gra.runnerd.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/** Descriptors: reads and writes that never block, given that the descriptor is O_NONBLOCK. */
public final class Fds {
  /** Instead of a count: the other end is gone (end of stream, broken pipe, reset connection). */
  public static final int CLOSED = -1;

  /** Instead of a count: nothing to read, or no room to write; wait with a {@link Watch}. */
  public static final int WOULD_BLOCK = -2;

  static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;
  static final int O_PATH = 0x200000;

  private static final int F_SETFL = 4;
  private static final int F_SETPIPE_SIZE = 1031;

  private static final MemorySegment READ = Native.function("read");
  private static final MemorySegment WRITE = Native.function("write");
  private static final MemorySegment PREAD = Native.function("pread64");
  private static final MemorySegment PWRITE = Native.function("pwrite64");
  private static final MemorySegment CLOSE = Native.function("close");
  private static final MemorySegment PIPE2 = Native.function("pipe2");
  private static final MemorySegment FCNTL = Native.function("fcntl");
  private static final MemorySegment OPEN = Native.function("open64");

  private Fds() {}

  /** Two ends of a pipe, both O_CLOEXEC and blocking. */
  record Pipe(int readEnd, int writeEnd) {
    void close() {
      Fds.close(readEnd);
      Fds.close(writeEnd);
    }
  }

  /**
   * Reads what is there into the buffer's remaining room and moves its position.
   *
   * @param buffer direct, with room
   * @return the count, {@link #CLOSED} at the end of the stream, or {@link #WOULD_BLOCK}
   */
  public static int read(int fd, ByteBuffer buffer) throws IOException {
    requireRemaining(buffer);
    int count = transfer("read", READ, fd, buffer, 0);
    return count == 0 ? CLOSED : count;
  }

  /**
   * Writes as much as there is room for from the buffer's remaining bytes and moves its position.
   *
   * @param buffer direct, with bytes
   * @return the count, {@link #CLOSED} if nobody will ever read it, or {@link #WOULD_BLOCK}
   */
  public static int write(int fd, ByteBuffer buffer) throws IOException {
    requireRemaining(buffer);
    return transfer("write", WRITE, fd, buffer, 0);
  }

  /** Reads from a file at an offset; the count, or {@link #CLOSED} at the file's end. */
  public static int pread(int fd, ByteBuffer buffer, long offset) throws IOException {
    requireRemaining(buffer);
    int count = transfer("pread", PREAD, fd, buffer, offset);
    return count == 0 ? CLOSED : count;
  }

  /** Writes into a file at an offset; the count may be less than what remains. */
  public static int pwrite(int fd, ByteBuffer buffer, long offset) throws IOException {
    requireRemaining(buffer);
    return transfer("pwrite", PWRITE, fd, buffer, offset);
  }

  /**
   * Closes a descriptor. The kernel's complaint about earlier writes, the only one there can be, is
   * of no use here.
   */
  public static void close(int fd) {
    Native.callInt(CLOSE, fd);
  }

  static Pipe pipe() throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(8, 4);
      Errno.check("pipe2", Native.callInt(PIPE2, ends.address(), O_CLOEXEC, 0, 0));
      return new Pipe(ends.get(ValueLayout.JAVA_INT, 0), ends.get(ValueLayout.JAVA_INT, 4));
    }
  }

  /** Only our own end: the command's end stays blocking, as programs expect. */
  static void makeNonblocking(int fd) throws ErrnoException {
    // A pipe or socket end has no other settable flag that could get lost.
    Errno.check("fcntl", Native.callInt(FCNTL, fd, F_SETFL, O_NONBLOCK, 0));
  }

  /**
   * Best effort: beyond the user's share of pipe memory the kernel refuses, and the pipe stays as
   * it is.
   */
  static boolean resizePipe(int fd, int bytes) {
    return Native.callInt(FCNTL, fd, F_SETPIPE_SIZE, bytes, 0) >= 0;
  }

  /** A descriptor (O_CLOEXEC), or -errno. */
  static int open(MemorySegment path, int flags) {
    int fd;
    do {
      fd = Native.callInt(OPEN, path.address(), flags | O_CLOEXEC, 0, 0);
    } while (fd == -Errno.EINTR);
    return fd;
  }

  /** Reads into native memory: the count, 0 at the end, or -errno. */
  static long read(int fd, MemorySegment memory, long from) {
    return Native.call(READ, fd, memory.address() + from, memory.byteSize() - from, 0);
  }

  /** Writes from native memory: the count or -errno. */
  static long write(int fd, MemorySegment memory) {
    return Native.call(WRITE, fd, memory.address(), memory.byteSize(), 0);
  }

  private static int transfer(
      String what, MemorySegment function, int fd, ByteBuffer buffer, long offset)
      throws ErrnoException {
    long result;
    try {
      long address = MemorySegment.ofBuffer(buffer).address();
      do {
        result = Native.call(function, fd, address, buffer.remaining(), offset);
      } while (result == -Errno.EINTR);
    } finally {
      Reference.reachabilityFence(buffer);
    }
    if (result >= 0) {
      buffer.position(buffer.position() + (int) result);
      return (int) result;
    }
    return switch ((int) -result) {
      case Errno.EAGAIN -> WOULD_BLOCK;
      case Errno.EPIPE, Errno.ECONNRESET -> CLOSED;
      default -> throw new ErrnoException(what, (int) -result);
    };
  }

  private static void requireRemaining(ByteBuffer buffer) {
    if (!buffer.isDirect() || !buffer.hasRemaining()) {
      throw new IllegalArgumentException("wants a direct buffer with something remaining");
    }
  }
}
