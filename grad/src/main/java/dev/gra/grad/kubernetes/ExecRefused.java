package dev.gra.grad.kubernetes;

import java.io.IOException;

/** A program could not be run in a pod. */
final class ExecRefused extends IOException {
  private static final long serialVersionUID = 1;

  private final int code;

  /**
   * @param code of the HTTP answer; 0 if there was none, or the program ended later
   */
  ExecRefused(int code, String message) {
    super(message);
    this.code = code;
  }

  int code() {
    return code;
  }
}
