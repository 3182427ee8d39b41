package dev.gra.grad.link;

/** Carries a {@link LinkFailure}. */
public final class LinkException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient LinkFailure failure;

  LinkException(LinkFailure failure, Throwable cause) {
    super(failure.message(), cause);
    this.failure = failure;
  }

  public LinkFailure failure() {
    return failure;
  }
}
