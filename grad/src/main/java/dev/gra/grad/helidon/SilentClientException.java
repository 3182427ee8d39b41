package dev.gra.grad.helidon;

/** A client gave no sign of life for too long. */
public final class SilentClientException extends RuntimeException {
  private static final long serialVersionUID = 1;

  SilentClientException(String message) {
    super(message);
  }
}
