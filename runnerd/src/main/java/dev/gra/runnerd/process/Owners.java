package dev.gra.runnerd.process;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The commands whose processes may live, and which of them an orphan belongs to. */
final class Owners {
  private final ProcFiles files;
  private final Map<Integer, Child> bySession = new HashMap<>();
  private final Map<Long, Child> byMark = new HashMap<>();
  private final Map<String, Child> byExecId = new HashMap<>();

  /** Orphans seen so far. As only we reap them, their pids are theirs until then. */
  private final Map<Integer, Optional<Child>> ofOrphans = new HashMap<>();

  Owners(ProcFiles files) {
    this.files = files;
  }

  void add(Child child) {
    bySession.put(child.pid(), child);
    byMark.put(child.mark(), child);
    if (!child.execId().isEmpty()) {
      byExecId.put(child.execId(), child);
    }
  }

  void remove(Child child) {
    bySession.remove(child.pid(), child);
    byMark.remove(child.mark(), child);
    byExecId.remove(child.execId(), child);
    ofOrphans.values().removeIf(owner -> owner.filter(child::equals).isPresent());
  }

  /** Whether this child of ours is a command's main process, not an orphan. */
  boolean isMain(int pid) {
    Child child = bySession.get(pid);
    return child != null && !child.isReaped();
  }

  /** Whether the orphan is known to be another's. */
  boolean isForeign(int orphan, Child child) {
    Optional<Child> owner = ofOrphans.get(orphan);
    return owner != null && owner.filter(other -> !other.equals(child)).isPresent();
  }

  Optional<Child> of(int orphan) {
    return ofOrphans.computeIfAbsent(orphan, this::find);
  }

  void reaped(int orphan) {
    ofOrphans.remove(orphan);
  }

  private Optional<Child> find(int orphan) {
    return ProcStat.of(files, orphan)
        .flatMap(stat -> first(bySession.get(stat.session()), bySession.get(stat.group())))
        .or(
            () ->
                Limits.mark(orphan).stream()
                    .mapToObj(byMark::get)
                    .flatMap(c -> first(c).stream())
                    .findFirst())
        .or(() -> first(byExecId.get(Environ.of(files, orphan).value("GRA_EXEC_ID"))));
  }

  private static Optional<Child> first(Child... candidates) {
    List<Child> found = new ArrayList<>();
    for (Child candidate : candidates) {
      if (candidate != null) {
        found.add(candidate);
      }
    }
    return found.stream().findFirst();
  }
}
