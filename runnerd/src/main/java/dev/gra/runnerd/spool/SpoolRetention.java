package dev.gra.runnerd.spool;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Bounds what the output of ended execs takes on disk: acknowledged ones are dropped first, then
 * the others, each in the order of their ends. Their tombstones stay.
 */
public final class SpoolRetention {
  private final long limit;
  private final SequencedMap<String, List<Spool>> acknowledged = new LinkedHashMap<>();
  private final SequencedMap<String, List<Spool>> unacknowledged = new LinkedHashMap<>();
  private long total;

  public SpoolRetention(long limit) {
    this.limit = limit;
  }

  /** An exec has ended. */
  public void ended(String execId, List<Spool> spools) throws IOException {
    unacknowledged.put(execId, spools);
    total += held(spools);
    dropToLimit();
  }

  /** Its client has all it wants. */
  public void acknowledged(String execId) {
    List<Spool> spools = unacknowledged.remove(execId);
    if (spools != null) {
      acknowledged.put(execId, spools);
    }
  }

  /** Its tombstone is gone, and its spool with it. */
  public void forgotten(String execId) throws IOException {
    List<Spool> spools = unacknowledged.remove(execId);
    if (spools == null) {
      spools = acknowledged.remove(execId);
    }
    if (spools != null) {
      drop(spools);
    }
  }

  /** Bytes held in all. */
  public long total() {
    return total;
  }

  private void dropToLimit() throws IOException {
    while (total > limit) {
      SequencedMap<String, List<Spool>> from =
          acknowledged.isEmpty() ? unacknowledged : acknowledged;
      var oldest = from.pollFirstEntry();
      drop(oldest.getValue());
    }
  }

  private void drop(List<Spool> spools) throws IOException {
    total -= held(spools);
    for (Spool spool : spools) {
      spool.discard();
    }
  }

  private static long held(List<Spool> spools) {
    return spools.stream().mapToLong(Spool::held).sum();
  }
}
