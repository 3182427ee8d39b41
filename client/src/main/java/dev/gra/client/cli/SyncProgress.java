package dev.gra.client.cli;

import dev.gra.client.GraException;
import dev.gra.client.RemoteExec;
import dev.gra.client.sync.RsyncRun;
import dev.gra.v1.Started;
import java.time.Duration;
import java.util.Locale;

/** How a sync goes, on stderr. */
final class SyncProgress implements RsyncRun.Watcher {
  private static final long EVERY = Duration.ofMillis(200).toNanos();
  private static final long SAY_EVERY = Duration.ofSeconds(60).toNanos();
  private static final double MIB = 1 << 20;

  private final Messages messages;
  private final Interruption interruption;
  private final String direction;
  private final long begin = System.nanoTime();
  private long shown = begin;
  private long said = begin;
  private long bytes;
  private boolean cut;

  SyncProgress(Messages messages, Interruption interruption, String direction) {
    this.messages = messages;
    this.interruption = interruption;
    this.direction = direction;
  }

  @Override
  public void begins(RemoteExec exec) {
    interruption.during(exec);
  }

  @Override
  public synchronized void bytes(long more) {
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

  @Override
  public synchronized void cut(GraException why) {
    if (!cut) {
      cut = true;
      messages.say("connection lost (" + why.getMessage() + "); the sync goes on, reconnecting");
    }
  }

  @Override
  public synchronized void started(Started started) {
    if (cut) {
      cut = false;
      messages.say("connected again");
    }
  }

  synchronized long bytes() {
    return bytes;
  }

  synchronized void done(SyncResult result) {
    messages.say(direction + ": " + result.summary() + " (" + volume(System.nanoTime()) + ")");
  }

  private String volume(long now) {
    return String.format(Locale.ROOT, "%.1f MiB, %.1f s", bytes / MIB, (now - begin) / 1e9);
  }
}
