package dev.gra.grad.api;

/** The caller has no token, or one that nobody has. */
final class UnauthenticatedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String reason;
  private final String hint;

  private UnauthenticatedException(String reason, String message, String hint) {
    super(message);
    this.reason = reason;
    this.hint = hint;
  }

  static UnauthenticatedException noToken() {
    return new UnauthenticatedException(
        "NO_TOKEN",
        "no bearer token",
        "send the metadata 'authorization: Bearer TOKEN' (gractl --token-file FILE)");
  }

  static UnauthenticatedException wrongToken() {
    return new UnauthenticatedException(
        "WRONG_TOKEN",
        "nobody has this token",
        "the token that grad was given (gractl --token-file FILE)");
  }

  /** What helps. */
  String hint() {
    return hint;
  }

  String reason() {
    return reason;
  }
}
