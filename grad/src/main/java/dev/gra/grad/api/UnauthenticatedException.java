package dev.gra.grad.api;

/** The caller has no token, or one that nobody knows. */
final class UnauthenticatedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String reason;

  UnauthenticatedException(String reason, String message) {
    super(message);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
