package dev.gra.grad.status;

import dev.gra.grad.audit.Argv;
import java.util.Objects;

/**
 * What the page may show.
 *
 * @param argv how much of a command: as much as the audit log has
 * @param traces where traces are seen
 */
public record StatusSettings(Argv argv, TraceUrl traces) {
  /** What holds unless told otherwise. */
  public static final StatusSettings STANDARD = new StatusSettings(Argv.PROGRAM, new TraceUrl(""));

  public StatusSettings {
    Objects.requireNonNull(argv);
    Objects.requireNonNull(traces);
  }
}
