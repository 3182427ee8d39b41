package dev.gra.client;

import dev.gra.protocol.Verification;
import dev.gra.v1.Detached;
import dev.gra.v1.Ended;
import java.util.Objects;

/** What became of this client's part in an exec. */
public sealed interface ExecOutcome {
  /**
   * The exec ended, and all of its output went to the sink.
   *
   * @param ended how, and the totals
   * @param verification what is known of the bytes; never MISMATCH, which is an exception
   */
  record Finished(Ended ended, Verification verification) implements ExecOutcome {
    public Finished {
      Objects.requireNonNull(ended);
      Objects.requireNonNull(verification);
    }
  }

  /**
   * The exec goes on without this client.
   *
   * @param reason why
   * @param confirmed false if the server couldn't be told: then the exec ends when its orphan time
   *     is over
   */
  record Left(Detached.Reason reason, boolean confirmed) implements ExecOutcome {
    public Left {
      Objects.requireNonNull(reason);
    }
  }
}
