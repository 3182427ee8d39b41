package dev.gra.grad.exec;

import dev.gra.v1.Ended;

/** Told of the endings that pass. Must not block. */
@FunctionalInterface
public interface EndingListener {
  /** An exec has ended, as this attachment heard; others, and later ones, may hear it too. */
  void ended(Opening opening, Ended ended);
}
