package dev.gra.grad.runner;

/** Why a runtime could not do what was asked. {@link #message} is one ASCII line for a person. */
public sealed interface RunnerFailure {
  String message();

  default RunnerException exception() {
    return new RunnerException(this);
  }

  default RunnerException exception(Throwable cause) {
    return new RunnerException(this, cause);
  }

  /** The owner has no runner of that name. */
  record NotFound(RunnerName name) implements RunnerFailure {
    @Override
    public String message() {
      return "no runner " + name;
    }
  }

  /** That very runner is no more, whether or not another one has its name now. */
  record Gone(RunnerName name, RunnerUid uid, String why) implements RunnerFailure {
    @Override
    public String message() {
      return "runner " + name + " (" + uid + ") is gone: " + why;
    }
  }

  /** A new runner was asked for and there is one already. */
  record Exists(RunnerName name) implements RunnerFailure {
    @Override
    public String message() {
      return "runner " + name + " exists";
    }
  }

  /**
   * The runner exists with another spec; {@code field} is the path of the first field that differs.
   */
  record SpecConflict(RunnerName name, String field) implements RunnerFailure {
    @Override
    public String message() {
      return "runner " + name + " exists with another " + field;
    }
  }

  /** The runner of that name has another uid than the caller named. */
  record UidMismatch(RunnerName name, RunnerUid wanted, RunnerUid actual) implements RunnerFailure {
    @Override
    public String message() {
      return "runner " + name + " has uid " + actual + ", not " + wanted;
    }
  }

  /** No room for one more; {@code limit} names what is exhausted. */
  record NoRoom(String limit, String message) implements RunnerFailure {}

  /** This runtime can't do it here at all; {@code fix} is what a person can do about it. */
  record Unsupported(String message, String fix) implements RunnerFailure {}

  /** The runner was made and did not come up; it is gone again. */
  record StartFailed(RunnerName name, String why) implements RunnerFailure {
    @Override
    public String message() {
      return "runner " + name + " did not start: " + why;
    }
  }

  /**
   * Not now (the runtime can't be reached, is closing, or the wait was too long): the same call may
   * succeed later.
   */
  record Unavailable(String message) implements RunnerFailure {}
}
