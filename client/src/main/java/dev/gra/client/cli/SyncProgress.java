package dev.gra.client.cli;

import dev.gra.client.GraException;
import dev.gra.client.sync.Direction;
import dev.gra.client.sync.RsyncReport;
import java.time.Duration;
import java.util.Locale;

/** How a sync goes, on stderr. */
final class SyncProgress {
  private static final long EVERY = Duration.ofMillis(200).toNanos();
  private static final long SAY_EVERY = Duration.ofSeconds(60).toNanos();
  private static final double MIB = 1 << 20;

  private final Messages messages;
  private final String direction;
  private final long begin = System.nanoTime();
  private long shown = begin;
  private long said = begin;
  private long bytes;
  private boolean cut;

  SyncProgress(Messages messages, Direction direction) {
    this.messages = messages;
    this.direction = direction.text();
  }

  synchronized void bytes(long more) {
    bytes += more;
    long now = System.nanoTime();
    if (now - shown > EVERY) {
      shown = now;
      messages.progress(direction + ": " + volume(now));
    }
    // Where no person looks, an agent may, which takes silence for death.
    if (!messages.terminal() && now - said > SAY_EVERY) {
      said = now;
      messages.say(direction + ": " + volume(now) + " so far");
    }
  }

  synchronized void cut(GraException why) {
    if (!cut) {
      cut = true;
      messages.say("connection lost (" + why.getMessage() + "); the sync goes on, reconnecting");
    }
  }

  synchronized void connected() {
    if (cut) {
      cut = false;
      messages.say("connected again");
    }
  }

  synchronized void done(RsyncReport report) {
    long all = report.changed() + report.deleted();
    messages.say(
        direction
            + ": "
            + (all == 0 ? "nothing has changed" : changes(report))
            + " ("
            + volume(System.nanoTime())
            + ")");
  }

  private static String changes(RsyncReport report) {
    String changed = report.changed() + " changed";
    return report.deleted() == 0 ? changed : changed + ", " + report.deleted() + " deleted";
  }

  private String volume(long now) {
    return String.format(Locale.ROOT, "%.1f MiB, %.1f s", bytes / MIB, (now - begin) / 1e9);
  }
}
