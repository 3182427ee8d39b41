package dev.gra.protocol;

import java.io.Serial;

/** An attachment that isn't the writer sent what only the writer may. */
public final class NotTheWriterException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  /**
   * @param message one line for logs and for the peer
   */
  public NotTheWriterException(String message) {
    super(message);
  }
}
