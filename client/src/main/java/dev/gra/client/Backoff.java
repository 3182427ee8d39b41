package dev.gra.client;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Waits between tries: exponential, with full jitter, so that a restarted grad isn't stormed. */
final class Backoff {
  private final Duration first;
  private final Duration most;
  private int tries;

  Backoff(Duration first, Duration most) {
    this.first = first;
    this.most = most;
  }

  /** How long to wait before the next try. */
  Duration next() {
    long ceiling = Math.min(most.toNanos(), first.toNanos() << Math.min(tries, 20));
    tries++;
    return Duration.ofNanos(ceiling / 4 + ThreadLocalRandom.current().nextLong(ceiling));
  }

  /** It went well. */
  void reset() {
    tries = 0;
  }
}
