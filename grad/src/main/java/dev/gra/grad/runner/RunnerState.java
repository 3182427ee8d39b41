package dev.gra.grad.runner;

/** Where a runner is in its life. */
public enum RunnerState {
  /** It is being made; execs wait for it. */
  CREATING,
  /** It takes execs. */
  READY,
  /** Its runnerd ended unexpectedly and is being started again; execs that ran are lost. */
  RESTARTING,
  /** It ended by its own idleness; the next ensure makes a new one under its name. */
  FINISHED,
  /** It could not be made or kept; the runner's message says why. The next ensure tries anew. */
  FAILED,
  /** It is being deleted. */
  DELETING;

  /** Whether an ensure may adopt it. */
  public boolean live() {
    return switch (this) {
      case CREATING, READY, RESTARTING -> true;
      case FINISHED, FAILED, DELETING -> false;
    };
  }
}
