package dev.gra.grad.helidon;

/** A client's message could not be read: it is too long, or not what it should be. */
public final class UnreadableMessageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnreadableMessageException() {
    super("message is longer than " + GrpcSettings.MAX_MESSAGE_BYTES + " bytes or not well-formed");
  }
}
