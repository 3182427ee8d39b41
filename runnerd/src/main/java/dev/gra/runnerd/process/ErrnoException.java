package dev.gra.runnerd.process;

import java.io.IOException;

/** A call to the kernel or the C library failed. */
public final class ErrnoException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  ErrnoException(String what, int errno) {
    super(what + ": " + Errno.message(errno));
    this.errno = errno;
  }

  /** Linux error number. */
  public int errno() {
    return errno;
  }
}
