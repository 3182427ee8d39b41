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
  private final LightTombstones light = new LightTombstones();
  private int liveLight;
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
    liveLight += exec.isLight() ? 1 : 0;
  }

  Optional<Exec> get(String id) {
    return Optional.ofNullable(all.get(id));
  }

  void ended(Exec exec, Instant when) {
    if (exec.isLight()) {
      liveLight--;
      light.ended(exec, when);
    } else {
      ended.putLast(exec, when);
      unacknowledged.putLast(exec, when);
    }
  }

  void acknowledged(Exec exec, Instant when) {
    unacknowledged.remove(exec);
    light.acknowledged(exec, when);
  }

  void remove(Exec exec) {
    all.remove(exec.id());
    ended.remove(exec);
    unacknowledged.remove(exec);
    light.remove(exec);
  }

  /** How many there are, but for light ones that have ended. */
  int size() {
    return all.size() - light.size();
  }

  int live() {
    return size() - ended.size();
  }

  int liveLight() {
    return liveLight;
  }

  /** The light ones that have ended. */
  LightTombstones light() {
    return light;
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

  /** At most {@code count} execs older than {@code sequence}, newest first; light ones if live. */
  List<Exec> before(long sequence, int count) {
    List<Exec> page = new ArrayList<>();
    for (Exec exec : all.sequencedValues().reversed()) {
      if (page.size() == count) {
        break;
      }
      if (exec.sequence() < sequence && !(exec.isLight() && exec.life().isEmpty())) {
        page.add(exec);
      }
    }
    return page;
  }
}
