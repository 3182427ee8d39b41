package dev.gra.client.cli;

import dev.gra.client.sync.Direction;
import dev.gra.client.sync.RsyncReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a sync did. */
public final class SyncResult {
  /** Exit code if a conflict is left to a person. */
  public static final int CONFLICTS = 1;

  /**
   * What changed on both sides.
   *
   * @param path this machine's version, which both have now
   * @param copy where the runner's is kept; empty if neither was touched
   */
  record Conflict(String path, String copy) {}

  private final String direction;
  private final long begin = System.nanoTime();
  private final Map<Direction, Long> changed = new LinkedHashMap<>();
  private final Map<Direction, Long> deleted = new LinkedHashMap<>();
  private final List<Conflict> conflicts = new ArrayList<>();
  private String runner = "";
  private String runnerUid = "";
  private boolean created;
  private long bytes;

  SyncResult(String direction) {
    this.direction = direction;
  }

  void with(String name, String uid, boolean isNew) {
    runner = name;
    runnerUid = uid;
    created |= isNew;
  }

  void add(Direction to, RsyncReport report) {
    changed(to, report.changed());
    deleted(to, report.deleted());
  }

  void changed(Direction to, long count) {
    changed.merge(to, count, Long::sum);
  }

  void deleted(Direction to, long count) {
    deleted.merge(to, count, Long::sum);
  }

  void conflict(String path, String copy) {
    conflicts.add(new Conflict(path, copy));
  }

  void bytes(long more) {
    bytes += more;
  }

  String runnerUid() {
    return runnerUid;
  }

  /** Whether anything is otherwise than before. */
  boolean didSomething() {
    return !conflicts.isEmpty()
        || changed.values().stream().anyMatch(n -> n > 0)
        || deleted.values().stream().anyMatch(n -> n > 0);
  }

  /** gractl's exit code. */
  public int exitCode() {
    return conflicts.isEmpty() ? 0 : CONFLICTS;
  }

  /** The changes in a few words. */
  String summary() {
    List<String> parts = new ArrayList<>();
    boolean both = changed.size() > 1;
    changed.forEach((to, n) -> part(parts, n, "changed", both ? to : null));
    deleted.forEach((to, n) -> part(parts, n, "deleted", both ? to : null));
    if (!conflicts.isEmpty()) {
      parts.add(conflicts.size() + (conflicts.size() == 1 ? " conflict" : " conflicts"));
    }
    return parts.isEmpty() ? "nothing has changed" : String.join(", ", parts);
  }

  private static void part(List<String> parts, long count, String what, Direction to) {
    String where = to == null ? "" : to == Direction.UP ? " there" : " here";
    if (count > 0) {
      parts.add(count + " " + what + where);
    }
  }

  String direction() {
    return direction;
  }

  /** As JSON. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = Json.object("Sync");
    json.put("runner", runner);
    json.put("runnerUid", runnerUid);
    json.put("runnerCreated", created);
    json.put("direction", direction);
    json.put("exitCode", exitCode());
    json.put("changedThere", changed.getOrDefault(Direction.UP, 0L));
    json.put("changedHere", changed.getOrDefault(Direction.DOWN, 0L));
    json.put("deletedThere", deleted.getOrDefault(Direction.UP, 0L));
    json.put("deletedHere", deleted.getOrDefault(Direction.DOWN, 0L));
    json.put("conflicts", conflicts.stream().map(SyncResult::toJson).toList());
    json.put("bytes", bytes);
    json.put("elapsedMillis", (System.nanoTime() - begin) / 1_000_000);
    return json;
  }

  private static Map<String, Object> toJson(Conflict conflict) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("path", conflict.path());
    if (!conflict.copy().isEmpty()) {
      json.put("copy", conflict.copy());
    }
    return json;
  }
}
