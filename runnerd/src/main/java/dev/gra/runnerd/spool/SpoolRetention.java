package dev.gra.runnerd.spool;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Bounds what the output of ended execs takes on disk, or in memory: acknowledged ones are dropped
 * first, then the others, each in the order of their ends; never one that is being read. Their
 * tombstones stay.
 */
public final class SpoolRetention {
  /** What it held at its end: a spool that forgets may hold less by the time it is dropped. */
  private record Entry(List<Spool> spools, long held, BooleanSupplier inUse) {}

  private final long limit;
  private final Map<String, Entry> acknowledged = new LinkedHashMap<>();
  private final Map<String, Entry> unacknowledged = new LinkedHashMap<>();
  private long total;

  public SpoolRetention(long limit) {
    this.limit = limit;
  }

  /** An exec has ended. */
  public void ended(String execId, List<Spool> spools, BooleanSupplier inUse) throws IOException {
    long held = spools.stream().mapToLong(Spool::held).sum();
    Entry entry = new Entry(List.copyOf(spools), held, inUse);
    unacknowledged.put(execId, entry);
    total += entry.held();
    enforce();
  }

  /** Its client has all it wants. */
  public void acknowledged(String execId) {
    Entry entry = unacknowledged.remove(execId);
    if (entry != null) {
      acknowledged.put(execId, entry);
    }
  }

  /** Its tombstone is gone, and its spool with it. */
  public void forgotten(String execId) throws IOException {
    Entry entry = unacknowledged.remove(execId);
    if (entry == null) {
      entry = acknowledged.remove(execId);
    }
    if (entry != null) {
      drop(entry);
    }
  }

  /** Bytes held in all. */
  public long total() {
    return total;
  }

  /** Drops what is too much; to be called again when something is no longer in use. */
  public void enforce() throws IOException {
    while (total > limit) {
      Optional<Entry> entry = oldestUnused(acknowledged).or(() -> oldestUnused(unacknowledged));
      if (entry.isEmpty()) {
        return;
      }
      drop(entry.get());
    }
  }

  private static Optional<Entry> oldestUnused(Map<String, Entry> entries) {
    for (Iterator<Entry> i = entries.values().iterator(); i.hasNext(); ) {
      Entry entry = i.next();
      if (!entry.inUse().getAsBoolean()) {
        i.remove();
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  private void drop(Entry entry) throws IOException {
    total -= entry.held();
    for (Spool spool : entry.spools()) {
      spool.discard();
    }
  }
}
