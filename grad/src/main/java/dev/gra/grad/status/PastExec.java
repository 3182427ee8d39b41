package dev.gra.grad.status;

import dev.gra.grad.exec.Opening;
import dev.gra.v1.Ended;
import dev.gra.v1.Ending;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * An exec that has ended.
 *
 * @param command as far as it may be shown; empty if it isn't known
 * @param heard when this grad heard of it
 */
record PastExec(
    Where where,
    String command,
    Ending ending,
    Duration took,
    long stdout,
    long stderr,
    Instant heard,
    String trace) {
  PastExec {
    Objects.requireNonNull(where);
    Objects.requireNonNull(command);
    Objects.requireNonNull(ending);
    Objects.requireNonNull(took);
    Objects.requireNonNull(heard);
    Objects.requireNonNull(trace);
  }

  static PastExec of(Opening opening, String command, Ended ended, Instant heard, String trace) {
    var took = ended.getDuration();
    return new PastExec(
        Where.of(opening),
        command,
        ended.getEnding(),
        Duration.ofSeconds(took.getSeconds(), took.getNanos()),
        ended.getStdout().getBytes(),
        ended.getStderr().getBytes(),
        heard,
        trace);
  }
}
