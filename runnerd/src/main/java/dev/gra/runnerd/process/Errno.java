package dev.gra.runnerd.process;

import java.lang.foreign.MemorySegment;

/** Error numbers of Linux, the same on x86-64 and AArch64. */
final class Errno {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int ESRCH = 3;
  static final int EINTR = 4;
  static final int E2BIG = 7;
  static final int ENOEXEC = 8;
  static final int ECHILD = 10;
  static final int EAGAIN = 11;
  static final int ENOMEM = 12;
  static final int EACCES = 13;
  static final int ENOTDIR = 20;
  static final int ENFILE = 23;
  static final int EMFILE = 24;
  static final int EPIPE = 32;
  static final int ENAMETOOLONG = 36;
  static final int ELOOP = 40;
  static final int ECONNABORTED = 103;
  static final int ECONNRESET = 104;
  static final int ECONNREFUSED = 111;

  private static final MemorySegment STRERROR = Native.function("strerror");

  private Errno() {}

  static String message(int errno) {
    long text = Native.call(STRERROR, errno, 0, 0, 0);
    return MemorySegment.ofAddress(text).reinterpret(256).getString(0);
  }

  /** The result of a call, or an exception if it was -errno. */
  static long check(String what, long result) throws ErrnoException {
    if (result < 0) {
      throw new ErrnoException(what, (int) -result);
    }
    return result;
  }

  static int check(String what, int result) throws ErrnoException {
    return (int) check(what, (long) result);
  }
}
