package dev.gra.protocol;

import java.io.Serial;

/** The peer sent more bytes than it had credit for. */
public final class CreditExceededException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  /**
   * @param message one line for logs and for the peer
   */
  public CreditExceededException(String message) {
    super(message);
  }
}
