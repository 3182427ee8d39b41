package dev.gra.protocol;

import java.io.Serial;

/**
 * The peer broke the protocol: a frame out of order, or an offset that can't be. The stream or link
 * must end.
 */
public final class ProtocolException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  /**
   * @param message one line for logs and for the peer
   */
  public ProtocolException(String message) {
    super(message);
  }
}
