package dev.gra.grad.exec;

import java.time.Instant;
import java.util.Objects;

/**
 * An attachment as it is at a moment.
 *
 * @param since when it came
 * @param ended whether it has heard the exec's ending
 * @param stdin how far it is, in bytes of the exec's whole life; 0 if nothing came through it
 * @param stdout likewise
 * @param stderr likewise
 */
public record Attached(
    Opening opening, Instant since, boolean ended, long stdin, long stdout, long stderr) {
  public Attached {
    Objects.requireNonNull(opening);
    Objects.requireNonNull(since);
  }
}
