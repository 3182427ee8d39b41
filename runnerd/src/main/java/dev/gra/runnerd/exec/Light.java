package dev.gra.runnerd.exec;

import dev.gra.protocol.Limits;
import java.time.Duration;

/** Bounds of light execs. What they hold is in memory, so these are smaller than others'. */
final class Light {
  /** How much of each output stream is held until its writer has consumed it. */
  static final long SPOOL_BYTES = 512 * 1024;

  /** Most that may be live at once. */
  static final int LIVE = 128;

  /** Most endings that are remembered. */
  static final int TOMBSTONES = 4096;

  /** How much output of ended ones is held in all, for writers that may come back after a cut. */
  static final long ENDED_SPOOL_BYTES = 8L << 20;

  /** How long an ending is remembered that nobody has acknowledged: a Start may be repeated. */
  static final Duration REMEMBERED = Limits.START_RETRIES;

  /** The same of one whose client has all, for a Start that is still on its way from a cut. */
  static final Duration REMEMBERED_HEARD = Duration.ofMinutes(1);

  private Light() {}
}
