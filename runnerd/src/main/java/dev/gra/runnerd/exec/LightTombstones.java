package dev.gra.runnerd.exec;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Light execs that have ended, as long as a Start of theirs may still come: in the order in which
 * they ended, or were acknowledged.
 */
final class LightTombstones {
  private final SequencedMap<Exec, Instant> unheard = new LinkedHashMap<>();
  private final SequencedMap<Exec, Instant> heard = new LinkedHashMap<>();

  void ended(Exec exec, Instant when) {
    unheard.putLast(exec, when);
  }

  void acknowledged(Exec exec, Instant when) {
    if (unheard.remove(exec) != null) {
      heard.putLast(exec, when);
    }
  }

  void remove(Exec exec) {
    unheard.remove(exec);
    heard.remove(exec);
  }

  int size() {
    return unheard.size() + heard.size();
  }

  /** Those that nobody can mean any more. */
  List<Exec> due(Instant now) {
    List<Exec> due = new ArrayList<>();
    addDue(due, heard, now.minus(Light.REMEMBERED_HEARD));
    addDue(due, unheard, now.minus(Light.REMEMBERED));
    return due;
  }

  /** The one to give way to another, if there is any whose client has all. */
  Optional<Exec> dispensable() {
    return heard.sequencedKeySet().stream().filter(exec -> !exec.inUse()).findFirst();
  }

  private static void addDue(List<Exec> due, SequencedMap<Exec, Instant> all, Instant limit) {
    for (var entry : all.sequencedEntrySet()) {
      if (!entry.getValue().isBefore(limit)) {
        return;
      }
      if (!entry.getKey().inUse()) {
        due.add(entry.getKey());
      }
    }
  }
}
