package dev.gra.runnerd.process;

import java.io.IOException;

/**
 * Reacts to what a {@link Watch} sees. Both methods run on the reactor's thread and must not block.
 */
public interface Handler {

  /**
   * The descriptor is ready, and will be reported again as long as it is (level-triggered).
   *
   * @param events one or more of {@link Watch#READABLE}, {@link Watch#WRITABLE} and {@link
   *     Watch#HANGUP}
   */
  void ready(int events) throws IOException;

  /**
   * {@link #ready} threw, or the descriptor could not be watched. The watch stays as it is: this
   * method closes it, or the same failure comes again. What it throws itself goes to the reactor's
   * own failure handler.
   */
  void failed(Throwable cause);
}
