package dev.gra.runnerd.exec;

import dev.gra.v1.Ended;

/** What became of a Start or an Attach. */
public sealed interface Attached {
  /**
   * An attachment.
   *
   * @param exec to what
   * @param key its name there
   */
  record To(Exec exec, long key) implements Attached {}

  /** It was meant for another runner; nothing was started. */
  record Lost(Ended ended) implements Attached {}
}
