package dev.gra.grad.local;

import dev.gra.grad.runner.CreationStage;
import dev.gra.grad.runner.Runner;
import dev.gra.grad.runner.RunnerFailure.Unavailable;
import dev.gra.grad.runner.RunnerState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One runner as all threads see it: its state, and what they wish of it. Its {@link RunnerLife}
 * alone acts on the wishes; nobody holds the lock while anything slow happens.
 */
final class LocalRunner {
  /** What its life has to do next, told by the others. */
  enum Wish {
    NONE,
    CHECK,
    DELETE,
    CLOSE
  }

  /** How a wait for the runner came out. */
  record Settled(Runner runner, boolean gone, Optional<String> startFailure) {
    boolean ready() {
      return !gone && runner.state() == RunnerState.READY;
    }
  }

  private final RunnerRecord record;
  private final RunnerDirectory directory;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Of the present start; {@code forgotten} is how many there were of earlier ones. */
  private final List<CreationStage> stages = new ArrayList<>();

  private long forgotten;
  private RunnerState state;
  private String message = "";
  private boolean deleteWanted;
  private boolean closing;
  private boolean suspected;
  private boolean woken;
  private boolean gone;
  private Optional<String> startFailure = Optional.empty();

  LocalRunner(RunnerRecord record, RunnerDirectory directory, RunnerState state) {
    this.record = record;
    this.directory = directory;
    this.state = state;
  }

  RunnerRecord record() {
    return record;
  }

  RunnerDirectory directory() {
    return directory;
  }

  Runner now() {
    lock.lock();
    try {
      return record.runner(state, message);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until it is ready, gone, or failed for good; tells the stages meanwhile, outside of the
   * lock.
   */
  Settled settled(Consumer<CreationStage> listener, Duration patience) {
    var deadline = System.nanoTime() + patience.toNanos();
    var told = 0L;
    while (true) {
      List<CreationStage> news;
      Optional<Settled> outcome;
      lock.lock();
      try {
        var heard = told;
        await(() -> forgotten + stages.size() > heard || outcome().isPresent(), deadline);
        news = List.copyOf(stages.subList((int) Math.max(0, told - forgotten), stages.size()));
        told = forgotten + stages.size();
        outcome = outcome();
      } finally {
        lock.unlock();
      }
      news.forEach(listener);
      if (outcome.isPresent()) {
        return outcome.get();
      }
    }
  }

  /** Waits until nothing of it is left, or it is told why something is. */
  Settled delete(Duration patience) {
    var deadline = System.nanoTime() + patience.toNanos();
    lock.lock();
    try {
      deleteWanted = true;
      changed.signalAll();
      await(() -> gone || (state == RunnerState.FAILED && !deleteWanted), deadline);
      return new Settled(record.runner(state, message), gone, startFailure);
    } finally {
      lock.unlock();
    }
  }

  /** Its socket didn't answer: new callers wait until that was looked into. */
  void suspect() {
    lock.lock();
    try {
      if (state == RunnerState.READY) {
        suspected = true;
        state = RunnerState.RESTARTING;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Wakes its life to look again. */
  void wake() {
    lock.lock();
    try {
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** For its life: waits at most that long for a wish or a {@link #wake}. */
  Wish wish(Duration patience) {
    lock.lock();
    try {
      var left = patience.toNanos();
      while (wish() == Wish.NONE && !woken && left > 0) {
        left = changed.awaitNanos(left);
      }
      // Remembered until here, or an end told before this wait would be missed.
      woken = false;
      return wish();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a runner's life", e);
    } finally {
      lock.unlock();
    }
  }

  /** For its life: a wish was carried out as well as it could be. */
  void wishDone(Wish done) {
    lock.lock();
    try {
      switch (done) {
        case CHECK -> suspected = false;
        case DELETE -> deleteWanted = false;
        case CLOSE, NONE -> {}
      }
    } finally {
      lock.unlock();
    }
  }

  void is(RunnerState next, String why) {
    lock.lock();
    try {
      if (next == RunnerState.RESTARTING) {
        forgotten += stages.size();
        stages.clear();
      }
      state = next;
      message = why;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ready or at another stage of becoming so. */
  void reached(String stage) {
    lock.lock();
    try {
      stages.add(new CreationStage(stage, "", Instant.now()));
      if (stage.equals(CreationStage.READY)) {
        state = RunnerState.READY;
        message = "";
        suspected = false;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void startFailed(String why) {
    lock.lock();
    try {
      startFailure = Optional.of(why);
      state = RunnerState.FAILED;
      message = why;
      deleteWanted = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void gone() {
    lock.lock();
    try {
      gone = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Wish wish() {
    if (deleteWanted) {
      return Wish.DELETE;
    }
    if (closing) {
      return Wish.CLOSE;
    }
    return suspected ? Wish.CHECK : Wish.NONE;
  }

  private Optional<Settled> outcome() {
    var failed = state == RunnerState.FAILED && !deleteWanted;
    var ready = state == RunnerState.READY && !deleteWanted;
    return gone || failed || ready
        ? Optional.of(new Settled(record.runner(state, message), gone, startFailure))
        : Optional.empty();
  }

  private void await(BooleanSupplier condition, long deadline) {
    try {
      while (!condition.getAsBoolean()) {
        var left = deadline - System.nanoTime();
        if (closing || left <= 0) {
          throw new Unavailable(closing ? "grad is closing" : patienceEnded()).exception();
        }
        var _ = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted").exception(e);
    }
  }

  private String patienceEnded() {
    return "runner " + record.name() + " is still " + state.name().toLowerCase(Locale.ROOT);
  }
}
