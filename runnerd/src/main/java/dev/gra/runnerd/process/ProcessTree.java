package dev.gra.runnerd.process;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The processes that commands left behind. This process adopts the orphans of its children (child
 * subreaper), so all that a command ever started is below its main process, or below an orphan that
 * is a child of ours. An orphan belongs to the command whose session or process group it has, else
 * to the one whose mark it inherited, else to the one whose GRA_EXEC_ID it has.
 *
 * <p>Not thread-safe: it belongs to the thread that spawns. Nothing here blocks or waits; the
 * caller repeats by timers: scan, TERM to each, a grace in which it scans, KILL to each, scan until
 * nothing is left.
 */
public final class ProcessTree {
  private static final int PR_SET_CHILD_SUBREAPER = 36;

  /** A command that forks and ends faster than it is looked at must not keep us here. */
  private static final int MAX_PASSES = 50;

  private static final MemorySegment PRCTL = Native.function("prctl");

  private final int self = Syscall.getpid();
  private final ProcFiles files = new ProcFiles();
  private final Owners owners = new Owners(files);
  private final Kinship.Listed listed = new Kinship.Listed(files);
  private final boolean hasLists;

  /** Makes this process the adopter of its descendants' orphans. */
  public ProcessTree() throws ErrnoException {
    this(true);
  }

  /** With or without the kernel's lists of children. */
  ProcessTree(boolean useLists) throws ErrnoException {
    hasLists = useLists && listed.isSupported(self);
    Errno.check("prctl", Native.callInt(PRCTL, PR_SET_CHILD_SUBREAPER, 1, 0, 0));
  }

  /**
   * Counts a command's processes as its own from now on; right after its spawn, or it were taken
   * for an orphan.
   */
  void add(Child child) {
    owners.add(child);
  }

  /** Forgets a command whose main process was reaped and of which a scan found nothing. */
  public void remove(Child child) {
    owners.remove(child);
  }

  /**
   * The living processes of a command's tree but for its main process; dead orphans are reaped on
   * the way. Far below 1 ms when there are none, however many processes the machine has.
   */
  public List<Stray> scan(Child child) {
    List<Stray> strays = new ArrayList<>();
    for (int pass = 0; pass < MAX_PASSES; pass++) {
      // One that had died may have forked just before, and its child is ours only since our last
      // look.
      if (!scanOnce(child, strays) || !strays.isEmpty()) {
        return strays;
      }
    }
    return List.of(new Stray(child.pid(), 0, "one that forks without end"));
  }

  /** Signals one process, if it is still the same one. */
  public boolean signal(Stray stray, int signal) {
    int pidfd = Syscall.pidfdOpen(stray.pid());
    if (pidfd < 0) {
      return false;
    }
    try {
      // The descriptor stands for whoever has the pid now; from here on it can't become another.
      boolean same =
          ProcStat.of(files, stray.pid())
              .filter(stat -> stat.startTime() == stray.startTime())
              .isPresent();
      return same && Syscall.pidfdSendSignal(pidfd, signal) == 0;
    } finally {
      Fds.close(pidfd);
    }
  }

  /**
   * Reaps dead orphans, one by one; how many. For a timer, while commands run: each keeps a pid
   * until it is reaped.
   */
  public int reapOrphans() {
    int reaped = 0;
    for (int pid : kinship().children(self)) {
      if (!owners.isMain(pid) && reap(pid)) {
        reaped++;
      }
    }
    return reaped;
  }

  /**
   * Living orphans that belong to no command: they broke every mark, or were left when their
   * command was removed. In a runner without commands nothing is meant to run, so the last
   * command's end may signal them.
   */
  public List<Stray> unclaimed() {
    List<Stray> strays = new ArrayList<>();
    Kinship kinship = kinship();
    for (int pid : kinship.children(self)) {
      if (!owners.isMain(pid) && !reap(pid) && owners.of(pid).isEmpty()) {
        collect(kinship, pid, strays, new HashSet<>());
      }
    }
    return strays;
  }

  /**
   * Processes anywhere on the machine which a former incarnation of this program started: they bear
   * one of these marks, or have this entry (NAME=value) in their environment. Looks at every
   * process, some 10 µs for each.
   */
  public List<Stray> sweep(Set<Long> marks, String environmentEntry) {
    List<Stray> strays = new ArrayList<>();
    for (int pid : files.listNumbers("/proc")) {
      if (pid != self && (isMarked(pid, marks) || Environ.of(files, pid).has(environmentEntry))) {
        stray(pid).ifPresent(strays::add);
      }
    }
    return strays;
  }

  /** Whether a pass reaped something. */
  private boolean scanOnce(Child child, List<Stray> strays) {
    boolean reaped = false;
    Kinship kinship = kinship();
    Set<Integer> seen = new HashSet<>();
    for (int pid : kinship.children(self)) {
      if (owners.isMain(pid) || owners.isForeign(pid, child)) {
        continue;
      }
      if (reap(pid)) {
        reaped = true;
      } else if (owners.of(pid).filter(child::equals).isPresent()) {
        collect(kinship, pid, strays, seen);
      }
    }
    if (!child.isReaped()) {
      for (int pid : kinship.children(child.pid())) {
        collect(kinship, pid, strays, seen);
      }
    }
    return reaped;
  }

  private void collect(Kinship kinship, int pid, List<Stray> strays, Set<Integer> seen) {
    if (!seen.add(pid)) {
      return;
    }
    stray(pid).ifPresent(strays::add);
    for (int child : kinship.children(pid)) {
      collect(kinship, child, strays, seen);
    }
  }

  private Optional<Stray> stray(int pid) {
    return ProcStat.of(files, pid)
        .filter(stat -> !stat.isDead())
        .map(stat -> new Stray(pid, stat.startTime(), stat.name()));
  }

  private Kinship kinship() {
    return hasLists ? listed : Kinship.Scanned.now(files);
  }

  private boolean reap(int orphan) {
    boolean dead = Waits.reapOrphan(orphan);
    if (dead) {
      owners.reaped(orphan);
    }
    return dead;
  }

  private static boolean isMarked(int pid, Set<Long> marks) {
    return Limits.mark(pid).stream().anyMatch(marks::contains);
  }
}
