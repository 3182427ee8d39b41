package dev.gra.runnerd.exec;

import dev.gra.protocol.Limits;
import dev.gra.v1.Start;

/**
 * How much stdin an exec takes beyond what its command has consumed. A large window is what a fast
 * sender needs; all that is in windows is in this process' heap.
 */
final class StdinWindow {
  static final long SMALL_BYTES = 256L << 10;

  /** Most that may be live with a large one. */
  static final int LARGE_ONES = 4;

  /**
   * In bytes; 0 if no client feeds it.
   *
   * @param live how many execs are live without this one: so no more than {@link #LARGE_ONES} ever
   *     have a large one
   */
  static long of(Start start, int live) {
    if (!start.getStdin()) {
      return 0;
    }
    return live < LARGE_ONES ? Limits.STDIN_WINDOW_BYTES : SMALL_BYTES;
  }

  private StdinWindow() {}
}
