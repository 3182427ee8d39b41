package dev.gra.runnerd.exec;

import dev.gra.runnerd.process.Child;
import dev.gra.runnerd.process.ProcessTree;
import dev.gra.runnerd.process.Reactor;
import dev.gra.runnerd.process.Signals;
import dev.gra.runnerd.process.Stray;
import dev.gra.runnerd.process.Timer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Ends a command's processes: TERM to each that is found, and after a grace KILL, again and again
 * until a scan finds none. It is begun at most twice: while the main process runs (then that one is
 * ended, too), and after its end for what is left; the grace counts from the first.
 */
final class Ender {
  /** When a process that KILL doesn't end (in uninterruptible sleep) is given up. */
  private static final Duration GIVE_UP = Duration.ofSeconds(10);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);

  private final Reactor reactor;
  private final ProcessTree tree;
  private final Child child;
  private final Duration grace;
  private final Set<Stray> asked = new HashSet<>();
  private final Set<Stray> strays = new HashSet<>();
  private long killAt;
  private boolean begun;
  private boolean mainEnded;
  private Duration pause = FIRST_PAUSE;
  private Timer timer;
  private Runnable whenGone;

  Ender(Reactor reactor, ProcessTree tree, Child child, Duration grace) {
    this.reactor = reactor;
    this.tree = tree;
    this.child = child;
    this.grace = grace;
  }

  /** Ends all of it; the main process's end is for the caller to see. */
  void endAll() {
    begin();
    signalGroup(Signals.TERM);
    step();
  }

  /**
   * After the main process's end: ends what is left, then runs {@code whenGone}, at once if nothing
   * is left.
   */
  void endStrays(Runnable whenGone) {
    this.whenGone = whenGone;
    mainEnded = true;
    pause = FIRST_PAUSE;
    List<Stray> found = tree.scan(child);
    if (found.isEmpty()) {
      gone();
      return;
    }
    begin();
    // Counted before the group hears of it: some are gone at once.
    strays.addAll(found);
    signalGroup(Signals.TERM);
    step();
  }

  /** How many processes were still there after the main process's end. */
  int straysFound() {
    return strays.size();
  }

  private void begin() {
    if (!begun) {
      begun = true;
      killAt = System.nanoTime() + grace.toNanos();
    }
  }

  private void step() {
    cancelTimer();
    long now = System.nanoTime();
    boolean kill = now - killAt >= 0;
    List<Stray> found = tree.scan(child);
    if (mainEnded) {
      strays.addAll(found);
      if (found.isEmpty()) {
        gone();
        return;
      }
      if (now - killAt > GIVE_UP.toNanos()) {
        dev.gra.runnerd.log.Log.warn("processes that KILL doesn't end are given up: " + found);
        gone();
        return;
      }
    }
    if (kill) {
      signalGroup(Signals.KILL);
      found.forEach(stray -> tree.signal(stray, Signals.KILL));
    } else {
      found.stream().filter(asked::add).forEach(this::ask);
    }
    again(kill ? pause : shorter(pause, Duration.ofNanos(killAt - now)));
  }

  private void ask(Stray stray) {
    tree.signal(stray, Signals.TERM);
    // One that is stopped sees TERM only when it goes on.
    tree.signal(stray, Signals.CONT);
  }

  private void signalGroup(int signal) {
    child.signalGroup(signal);
    if (signal == Signals.TERM) {
      child.signalGroup(Signals.CONT);
    }
  }

  private void again(Duration delay) {
    timer = reactor.after(delay, this::step);
    Duration longer = pause.multipliedBy(2);
    pause = shorter(longer, LONGEST_PAUSE);
  }

  private void gone() {
    cancelTimer();
    whenGone.run();
  }

  /** Does nothing any more. */
  void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
