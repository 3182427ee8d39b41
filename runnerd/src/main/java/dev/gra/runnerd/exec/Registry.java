package dev.gra.runnerd.exec;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** All execs that are known: live ones, and the tombstones of those that ended. */
final class Registry {
  private final SequencedMap<String, Exec> all = new LinkedHashMap<>();
  // Both in the order of their ends.
  private final SequencedMap<Exec, Instant> ended = new LinkedHashMap<>();
  private final SequencedMap<Exec, Instant> unacknowledged = new LinkedHashMap<>();
  private long lastSequence;

  /** A number for a new exec: its creation time, and greater than all before. */
  long nextSequence(Instant created) {
    long nanos =
        Math.addExact(
            Math.multiplyExact(created.getEpochSecond(), 1_000_000_000L), created.getNano());
    lastSequence = Math.max(lastSequence + 1, nanos);
    return lastSequence;
  }

  void add(Exec exec) {
    all.put(exec.id(), exec);
  }

  Optional<Exec> get(String id) {
    return Optional.ofNullable(all.get(id));
  }

  void ended(Exec exec, Instant when) {
    ended.putLast(exec, when);
    unacknowledged.putLast(exec, when);
  }

  void acknowledged(Exec exec) {
    unacknowledged.remove(exec);
  }

  void remove(Exec exec) {
    all.remove(exec.id());
    ended.remove(exec);
    unacknowledged.remove(exec);
  }

  int size() {
    return all.size();
  }

  int live() {
    return all.size() - ended.size();
  }

  List<Exec> liveExecs() {
    return all.values().stream().filter(exec -> exec.life().isPresent()).toList();
  }

  /** The one that ended first, if it did so before {@code limit}. */
  Optional<Exec> oldestEndedBefore(Instant limit) {
    return Optional.ofNullable(ended.firstEntry())
        .filter(entry -> entry.getValue().isBefore(limit))
        .map(entry -> entry.getKey());
  }

  /** Whether a client may still come for an ending. */
  boolean endingWaits(Instant now, Duration atMost) {
    while (!unacknowledged.isEmpty()
        && unacknowledged.firstEntry().getValue().plus(atMost).isBefore(now)) {
      unacknowledged.pollFirstEntry();
    }
    return !unacknowledged.isEmpty();
  }

  /** At most {@code count} execs older than {@code sequence}, newest first. */
  List<Exec> before(long sequence, int count) {
    List<Exec> page = new ArrayList<>();
    for (Exec exec : all.sequencedValues().reversed()) {
      if (page.size() == count) {
        break;
      }
      if (exec.sequence() < sequence) {
        page.add(exec);
      }
    }
    return page;
  }
}
