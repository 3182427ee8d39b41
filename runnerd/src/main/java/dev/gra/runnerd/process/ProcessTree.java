package dev.gra.runnerd.process;

import java.util.List;
import java.util.Set;

/**
 * The processes that execs left behind. This process adopts the orphans of its children (child
 * subreaper), so all that an exec ever started is below its main process, or below an orphan that
 * is a child of ours. An orphan belongs to the exec whose session or process group it has, else to
 * the one whose mark it inherited, else to the one whose GRA_EXEC_ID it has.
 *
 * <p>Not thread-safe: it belongs to the thread that spawns. Nothing here blocks or waits; the
 * caller repeats by timers: scan, TERM to each, a grace in which it scans, KILL to each, scan until
 * nothing is left.
 */
public final class ProcessTree {

  /** Makes this process the adopter of its descendants' orphans. */
  public ProcessTree() throws ErrnoException {}

  /** Counts a command's processes as its own from now on; right after its spawn. */
  public void add(Child child) {}

  /** Forgets a command, whose main process was reaped and of which a scan found nothing. */
  public void remove(Child child) {}

  /**
   * The living processes of a command's tree but for its main process; dead ones are reaped on the
   * way. Far below 1 ms when there are none, however many processes the machine has.
   */
  public List<Stray> scan(Child child) {
    return List.of();
  }

  /** Signals one process, if it is still the same one. */
  public boolean signal(Stray stray, int signal) {
    return false;
  }

  /** Reaps dead orphans, one by one; how many. */
  public int reapOrphans() {
    return 0;
  }

  /**
   * Living orphans that belong to no command added here: they broke every mark. Nothing in a runner
   * without execs is meant to run, so the last exec's end may signal them.
   */
  public List<Stray> unclaimed() {
    return List.of();
  }

  /**
   * Processes anywhere on the machine which a former incarnation of this program started: they bear
   * one of these marks, or have this entry (NAME=value) in their environment. Looks at every
   * process: 10 to 30 µs for each.
   */
  public List<Stray> sweep(Set<Long> marks, String environmentEntry) {
    return List.of();
  }
}
