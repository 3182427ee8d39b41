package dev.gra.client.cli;

import dev.gra.client.Runners;
import java.util.Objects;

/**
 * How an exec is shown and left.
 *
 * @param json one JSON object on stdout, instead of the command's own output
 * @param stdin whether our stdin is the command's
 * @param detach leave it as soon as it runs
 * @param runnerCreated whether its runner was made for it
 */
public record ExecView(boolean json, boolean stdin, boolean detach, boolean runnerCreated) {
  /** The command's output as it is. */
  public static ExecView plain(boolean json, boolean stdin) {
    return new ExecView(json, stdin, false, false);
  }

  /** The same for a runner just ensured. */
  public ExecView in(Runners.Ensured runner) {
    return new ExecView(json, stdin, detach, Objects.requireNonNull(runner).created());
  }

  /** The same, left as soon as it runs. */
  public ExecView detached(boolean leave) {
    return new ExecView(json, stdin, leave, runnerCreated);
  }
}
