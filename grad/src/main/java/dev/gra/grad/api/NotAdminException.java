package dev.gra.grad.api;

/** A call for another owner, by somebody who is in no admin group. */
final class NotAdminException extends RuntimeException {
  private static final long serialVersionUID = 1;

  NotAdminException() {
    super("only members of the admin group may call for another owner");
  }
}
