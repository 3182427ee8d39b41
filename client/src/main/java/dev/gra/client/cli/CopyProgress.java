package dev.gra.client.cli;

import java.time.Duration;

/** How a copy goes, on stderr. */
final class CopyProgress {
  private static final long EVERY = Duration.ofMillis(200).toNanos();
  private static final long SAY_EVERY = Duration.ofSeconds(60).toNanos();
  private static final double MIB = 1 << 20;

  private final Messages messages;
  private final long begin = System.nanoTime();
  private long last = begin;
  private long lastSaid = begin;
  private long bytes;

  CopyProgress(Messages messages) {
    this.messages = messages;
  }

  synchronized void bytes(long more) {
    bytes += more;
    long now = System.nanoTime();
    if (now - last > EVERY) {
      last = now;
      messages.progress(summary(now));
    }
    // Where no person looks, an agent may, which takes silence for death.
    if (!messages.terminal() && now - lastSaid > SAY_EVERY) {
      lastSaid = now;
      messages.say("copying: " + summary(now));
    }
  }

  synchronized void done(String from, String to) {
    messages.say(from + " -> " + to + ", SHA-256 agrees (" + summary(System.nanoTime()) + ")");
  }

  private String summary(long now) {
    double seconds = Math.max(1, now - begin) / 1e9;
    return String.format(
        java.util.Locale.ROOT,
        "%.1f MiB, %.0f MiB/s",
        bytes / MIB,
        bytes / MIB / Math.max(seconds, 0.001));
  }
}
