package dev.gra.runnerd.exec;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What an engine is told at its start.
 *
 * @param state where the journal, spools and scripts are
 * @param workspace where commands run
 * @param runnerUid the uid of the runner
 * @param baseEnv what every command's environment begins with
 * @param idleTimeout after how long without anything to do it ends; never if empty
 * @param spoolBytes how much of each output stream is kept; not to be changed for a state directory
 *     in use
 * @param limits bounds, the same for all execs
 */
public record Settings(
    Path state,
    Path workspace,
    String runnerUid,
    Map<String, String> baseEnv,
    Optional<Duration> idleTimeout,
    long spoolBytes,
    Limits limits) {
  private static final long SMALLEST_SPOOL = 512 * 1024;

  public Settings {
    Objects.requireNonNull(state);
    Objects.requireNonNull(idleTimeout);
    Objects.requireNonNull(limits);
    baseEnv = Map.copyOf(baseEnv);
    if (!workspace.isAbsolute()) {
      throw new IllegalArgumentException("the workspace " + workspace + " is not an absolute path");
    }
    if (runnerUid.isEmpty()) {
      throw new IllegalArgumentException("no runner uid");
    }
    // A blocking spool must hold more than a client may leave untold.
    if (spoolBytes < SMALLEST_SPOOL) {
      throw new IllegalArgumentException("a spool of " + spoolBytes + " bytes is too small");
    }
  }

  /**
   * Bounds.
   *
   * @param liveExecs most execs that may be live at once
   * @param attachments most attachments at once
   * @param tombstones most execs that are remembered, live ones included
   * @param tombstoneAge how long an ended exec is remembered
   * @param endedSpoolBytes how much output of ended execs is kept in all
   * @param termGrace how long after TERM comes KILL
   * @param drain how long output is read after the main process's end, if something holds the pipe
   *     open
   */
  public record Limits(
      int liveExecs,
      int attachments,
      int tombstones,
      Duration tombstoneAge,
      long endedSpoolBytes,
      Duration termGrace,
      Duration drain) {
    /** The defaults. */
    public static final Limits DEFAULT =
        new Limits(
            1000,
            4096,
            10_000,
            Duration.ofHours(24),
            256L << 20,
            Duration.ofSeconds(2),
            Duration.ofSeconds(1));
  }
}
