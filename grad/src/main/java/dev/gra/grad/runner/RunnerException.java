package dev.gra.grad.runner;

/** Carries a {@link RunnerFailure} to the one place that maps it for the caller. */
public final class RunnerException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient RunnerFailure failure;

  RunnerException(RunnerFailure failure) {
    super(failure.message());
    this.failure = failure;
  }

  RunnerException(RunnerFailure failure, Throwable cause) {
    super(failure.message(), cause);
    this.failure = failure;
  }

  public RunnerFailure failure() {
    return failure;
  }
}
