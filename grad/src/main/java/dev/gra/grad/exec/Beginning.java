package dev.gra.grad.exec;

import dev.gra.v1.Started;

/** What the runner made of an attachment's first frame. */
public enum Beginning {
  /** A Start, and the command was started. */
  STARTED,
  /** A Start, and the exec was there already. */
  RESUMED,
  /** An Attach. */
  ATTACHED,
  /**
   * The runner said nothing of it: it refused, or the client or the link was gone before. Whether a
   * Start's command runs isn't known then.
   */
  UNCONFIRMED;

  static Beginning of(Opening opening, Started started) {
    if (opening.frame().hasAttach()) {
      return ATTACHED;
    }
    return started.getResumed() ? RESUMED : STARTED;
  }
}
