package dev.gra.runnerd.exec;

import dev.gra.runnerd.process.Exit;
import dev.gra.runnerd.process.OomKills;
import dev.gra.runnerd.process.Signals;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Tells whether a SIGKILL that runnerd didn't send was the kernel's, for want of memory: the
 * container's count of such kills rose just before, by one that no other exec has claimed.
 *
 * <p>A kill that nobody claims at once hit no main process, and counts no longer after a moment.
 */
final class OomVerdict {
  private static final long CLAIMABLE_NANOS = Duration.ofSeconds(1).toNanos();

  private final Supplier<OptionalLong> count;
  private final LongSupplier nanos;
  private long seen;
  private long unclaimed;
  private long roseAt;

  OomVerdict(OomKills kills) {
    this(kills::count, System::nanoTime);
  }

  OomVerdict(Supplier<OptionalLong> count, LongSupplier nanos) {
    this.count = count;
    this.nanos = nanos;
    this.seen = count.get().orElse(0);
  }

  /** To be called about every second while something runs, lest an old kill look like a new one. */
  void observe() {
    long now = nanos.getAsLong();
    if (now - roseAt > CLAIMABLE_NANOS) {
      unclaimed = 0;
    }
    long current = count.get().orElse(seen);
    if (current > seen) {
      unclaimed += current - seen;
      seen = current;
      roseAt = now;
    }
  }

  /** To be asked once at each main process's end. */
  boolean outOfMemory(Exit exit) {
    observe();
    boolean killed = exit instanceof Exit.Signalled signalled && signalled.signal() == Signals.KILL;
    if (!killed || unclaimed == 0) {
      return false;
    }
    unclaimed--;
    return true;
  }
}
