package dev.gra.client.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What has to be done for both sides to agree. A change is a difference to what they last agreed
 * on, so that of two versions one is known to be old; where none is, it is a conflict.
 *
 * @param up from here into the runner
 * @param down from the runner to here
 * @param conflicts what changed on both sides, or of which nobody knows
 * @param clashes what is a directory on one side only: for a person to solve
 * @param deleteHere what was deleted there, and is as agreed here
 * @param deleteThere what was deleted here, and is as agreed there
 */
public record BothPlan(
    List<String> up,
    List<String> down,
    List<String> conflicts,
    List<String> clashes,
    List<String> deleteHere,
    List<String> deleteThere) {

  /** An empty one, to be filled. */
  private BothPlan() {
    this(
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>());
  }

  /**
   * The plan.
   *
   * @param here what is here
   * @param agreed what both had
   * @param differences what rsync would change for the workspace to be as the runner's
   * @param delete whether what was deleted on one side goes on the other; else it comes back
   */
  public static BothPlan of(
      Map<String, Entry> here,
      Map<String, Entry> agreed,
      List<RsyncChange> differences,
      boolean delete) {
    BothPlan plan = new BothPlan();
    Map<String, RsyncChange> sorted = new TreeMap<>();
    // Of a directory in a file's place rsync tells twice.
    differences.stream().filter(RsyncChange::deleted).forEach(one -> sorted.put(one.name(), one));
    differences.stream().filter(one -> !one.deleted()).forEach(one -> sorted.put(one.name(), one));
    for (RsyncChange difference : sorted.values()) {
      String name = difference.name();
      Entry mine = here.get(name);
      Optional<Entry> before = Optional.ofNullable(agreed.get(name));
      if (plan.clashes.stream().anyMatch(clash -> name.startsWith(clash + "/"))) {
        continue;
      }
      if (difference.deleted()) {
        if (mine != null) {
          boolean gone = before.filter(mine::equals).isPresent() && delete;
          (gone ? plan.deleteHere : plan.up).add(name);
        }
      } else if (mine == null) {
        boolean gone = before.filter(difference.source()::mayBe).isPresent() && delete;
        (gone ? plan.deleteThere : plan.down).add(name);
      } else {
        plan.settle(name, mine, difference.source(), before);
      }
    }
    return plan;
  }

  private void settle(String name, Entry mine, Entry theirs, Optional<Entry> before) {
    if (mine.isDirectory() && theirs.isDirectory()) {
      return;
    }
    if (mine.isDirectory() || theirs.isDirectory()) {
      clashes.add(name);
      return;
    }
    boolean oldHere = before.filter(mine::equals).isPresent();
    boolean oldThere = before.filter(theirs::mayBe).isPresent();
    if (oldHere) {
      down.add(name);
    } else if (oldThere) {
      up.add(name);
    } else {
      conflicts.add(name);
    }
  }
}
