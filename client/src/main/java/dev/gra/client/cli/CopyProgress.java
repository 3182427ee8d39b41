package dev.gra.client.cli;

import java.time.Duration;
import java.util.Locale;

/** How a copy goes, on stderr. */
final class CopyProgress {
  private static final long EVERY = Duration.ofMillis(200).toNanos();
  private static final long SAY_EVERY = Duration.ofSeconds(60).toNanos();
  private static final double MIB = 1 << 20;

  private final Messages messages;
  private final long begin;
  private long last;
  private long lastSaid;
  private long bytes;
  private long total;

  CopyProgress(Messages messages) {
    this(messages, System.nanoTime());
  }

  CopyProgress(Messages messages, long begin) {
    this.messages = messages;
    this.begin = begin;
    this.last = begin;
    this.lastSaid = begin;
  }

  /** How many bytes there will be, about; 0 if that isn't known. */
  synchronized void total(long expected) {
    total = expected;
  }

  void bytes(long more) {
    bytes(more, System.nanoTime());
  }

  synchronized void bytes(long more, long now) {
    bytes += more;
    if (now - last > EVERY) {
      last = now;
      messages.progress(underWay(now));
    }
    // Where no person looks, an agent may, which takes silence for death.
    if (!messages.terminal() && now - lastSaid > SAY_EVERY) {
      lastSaid = now;
      messages.say("copying: " + underWay(now));
    }
  }

  synchronized void done(String from, String to) {
    String copied = "%s, %s".formatted(size(bytes), rate(System.nanoTime()));
    messages.say(from + " -> " + to + ", SHA-256 agrees (" + copied + ")");
  }

  private String underWay(long now) {
    if (total <= bytes) {
      // Not known, or all but the ends of a tar.
      return "%s, %s".formatted(size(bytes), rate(now));
    }
    long left = Math.round((total - bytes) / perSecond(now));
    return "%s of %s, %s, %s left".formatted(size(bytes), size(total), rate(now), time(left));
  }

  private static String size(long bytes) {
    return bytes < 1L << 30
        ? String.format(Locale.ROOT, "%.1f MiB", bytes / MIB)
        : String.format(Locale.ROOT, "%.2f GiB", bytes / MIB / 1024);
  }

  private String rate(long now) {
    return String.format(Locale.ROOT, "%.0f MiB/s", perSecond(now) / MIB);
  }

  private double perSecond(long now) {
    return Math.max(bytes, 1) / Math.max((now - begin) / 1e9, 0.001);
  }

  private static String time(long seconds) {
    return seconds < 120 ? seconds + " s" : (seconds + 30) / 60 + " min";
  }
}
