package dev.gra.grad.local;

import dev.gra.grad.runner.CreationStage;
import dev.gra.grad.runner.RunnerState;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The life of one runner, on a thread of its own: made or taken over, watched, restarted when it
 * dies, removed when it is deleted or has finished. It alone touches the runner's processes and
 * removes its directory.
 */
final class RunnerLife implements Runnable {
  private static final System.Logger LOG = System.getLogger(RunnerLife.class.getName());
  private static final Duration START_PATIENCE = Duration.ofSeconds(30);
  private static final Duration HELLO_PATIENCE = Duration.ofSeconds(5);

  /** While it starts it is asked again rather than waited for. */
  private static final Duration FIRST_HELLO_PATIENCE = Duration.ofSeconds(1);

  private static final Duration NOT_YET = Duration.ofMillis(5);

  /** For a runnerd that isn't our child, whose end nobody tells. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration STABLE = Duration.ofSeconds(10);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final int MAX_FAILURES = 6;

  /** Where a step of the life leads to. */
  private enum Turn {
    UP,
    DOWN,
    FINISHED,
    DELETED,
    CLOSED,
    FAILED
  }

  private final LocalRunner runner;
  private final RunnerDirectory directory;
  private final boolean found;
  private final Isolation isolation;
  private final Sockets sockets;
  private final Semaphore starts;
  private final Consumer<LocalRunner> forget;

  private RunnerProcess process;
  private String why = "";
  private String silence = "";
  private long upSince;
  private int failures;

  RunnerLife(
      LocalRunner runner,
      boolean found,
      Isolation isolation,
      Sockets sockets,
      Semaphore starts,
      Consumer<LocalRunner> forget) {
    this.runner = runner;
    this.directory = runner.directory();
    this.found = found;
    this.isolation = isolation;
    this.sockets = sockets;
    this.starts = starts;
    this.forget = forget;
    this.process = RunnerProcess.unknown(isolation, directory);
  }

  @Override
  public void run() {
    try {
      live();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "the life of runner " + directory.uid() + " broke off", e);
      runner.is(RunnerState.FAILED, "its life broke off: " + e);
      lieFailed();
    }
  }

  private void live() {
    var turn = found ? takeOver() : make();
    while (turn == Turn.UP || turn == Turn.DOWN) {
      turn = turn == Turn.UP ? watch() : restart();
    }
    switch (turn) {
      case FINISHED -> remove(RunnerState.FINISHED, "it was idle");
      case DELETED -> remove(RunnerState.DELETING, "");
      case FAILED -> lieFailed();
      case CLOSED, UP, DOWN -> {}
    }
  }

  private Turn make() {
    try {
      directory.create(runner.record());
    } catch (IOException e) {
      why = e.toString();
      return startFailed();
    }
    runner.reached(CreationStage.ACCEPTED);
    var turn = start();
    return turn == Turn.DOWN ? startFailed() : turn;
  }

  private Turn startFailed() {
    runner.startFailed(why);
    return Turn.DELETED;
  }

  /** What an earlier grad made: it is known by its answer, whatever was recorded of its process. */
  private Turn takeOver() {
    try {
      process = RunnerProcess.recorded(isolation, directory);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "unreadable process.json in " + directory.path(), e);
    }
    if (directory.finished()) {
      return Turn.FINISHED;
    }
    if (runner.record().isolation().equals(isolation.label()) && answers(HELLO_PATIENCE)) {
      return up();
    }
    return Turn.DOWN;
  }

  private Turn up() {
    upSince = System.nanoTime();
    runner.reached(CreationStage.READY);
    return Turn.UP;
  }

  private Turn watch() {
    while (true) {
      switch (runner.wish(process.tellsItsEnd() ? LONG : LOOK_AGAIN)) {
        case DELETE -> {
          return Turn.DELETED;
        }
        case CLOSE -> {
          return Turn.CLOSED;
        }
        case CHECK -> {
          if (!process.alive() || !answers(HELLO_PATIENCE)) {
            return ended("it does not answer");
          }
          runner.reached(CreationStage.READY);
        }
        case NONE -> {
          if (!process.alive()) {
            return ended("its runnerd ended");
          }
        }
      }
    }
  }

  private Turn ended(String how) {
    if (directory.finished()) {
      return Turn.FINISHED;
    }
    why = how + " unexpectedly";
    runner.is(RunnerState.RESTARTING, why);
    LOG.log(
        System.Logger.Level.WARNING,
        "runner {0} ({1}): {2}: {3}",
        runner.record().name(),
        directory.uid(),
        why,
        directory.lastWords());
    failures = System.nanoTime() - upSince > STABLE.toNanos() ? 0 : failures;
    return Turn.DOWN;
  }

  /** At once the first time, later after ever longer pauses, in the end no more. */
  private Turn restart() {
    if (failures++ > MAX_FAILURES) {
      runner.is(RunnerState.FAILED, why);
      return Turn.FAILED;
    }
    var pause = failures == 1 ? Duration.ZERO : FIRST_PAUSE.multipliedBy(1L << (failures - 2));
    var deadline = System.nanoTime() + pause.toNanos();
    do {
      switch (runner.wish(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())))) {
        case DELETE -> {
          return Turn.DELETED;
        }
        case CLOSE -> {
          return Turn.CLOSED;
        }
        case CHECK -> runner.wishDone(LocalRunner.Wish.CHECK);
        case NONE -> {}
      }
    } while (System.nanoTime() - deadline < 0);
    return start();
  }

  private Turn start() {
    try {
      while (!starts.tryAcquire(NOT_YET.toMillis(), TimeUnit.MILLISECONDS)) {
        switch (runner.wish(Duration.ZERO)) {
          case DELETE -> {
            return Turn.DELETED;
          }
          case CLOSE -> {
            return Turn.CLOSED;
          }
          case CHECK, NONE -> {}
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a runner's life", e);
    }
    try {
      process.kill();
      directory.clean();
      directory.write(runner.record().isolatedBy(isolation.label()));
      process = RunnerProcess.start(isolation, runner.record(), directory);
      process.whenEnded(runner::wake);
      runner.reached(CreationStage.STARTED);
      return answered();
    } catch (IOException | IllegalStateException e) {
      LOG.log(System.Logger.Level.WARNING, "runner " + directory.uid() + " can't be started", e);
      why = "it can't be started: " + e.getMessage();
      return Turn.DOWN;
    } finally {
      starts.release();
    }
  }

  private Turn answered() throws IOException {
    var deadline = System.nanoTime() + START_PATIENCE.toNanos();
    while (System.nanoTime() - deadline < 0) {
      if (answers(FIRST_HELLO_PATIENCE)) {
        process.record(directory);
        return up();
      }
      if (!process.alive()) {
        if (directory.finished()) {
          return Turn.FINISHED;
        }
        why = "its runnerd ended at once: " + directory.lastWords();
        return Turn.DOWN;
      }
      switch (runner.wish(NOT_YET)) {
        case DELETE -> {
          return Turn.DELETED;
        }
        case CLOSE -> {
          return Turn.CLOSED;
        }
        case CHECK, NONE -> {}
      }
    }
    process.kill();
    why = "its runnerd did not answer within " + START_PATIENCE.toSeconds() + " s" + silence;
    return Turn.DOWN;
  }

  private boolean answers(Duration patience) {
    try {
      return Files.exists(directory.socket())
          && Greeting.answers(sockets.reach(directory), directory.uid(), patience);
    } catch (IOException e) {
      silence = ": " + e.getMessage();
      return false;
    }
  }

  /** Keeps what there is until somebody deletes it. */
  private void lieFailed() {
    while (true) {
      switch (runner.wish(LONG)) {
        case DELETE -> {
          remove(RunnerState.DELETING, "");
          return;
        }
        case CLOSE -> {
          return;
        }
        case CHECK -> runner.wishDone(LocalRunner.Wish.CHECK);
        case NONE -> {}
      }
    }
  }

  /**
   * Ends and removes all of it. What can't be removed is told, and tried again at the next delete.
   */
  private void remove(RunnerState state, String message) {
    runner.is(state, message);
    try {
      if (Files.exists(directory.path())) {
        directory.markDeleted();
        process.end();
        sockets.forget(directory);
        directory.remove();
      }
      forget.accept(runner);
      runner.gone();
    } catch (IOException | IllegalStateException e) {
      LOG.log(System.Logger.Level.ERROR, "runner " + directory.uid() + " can't be removed", e);
      runner.is(RunnerState.FAILED, "it can't be removed: " + e.getMessage());
      runner.wishDone(LocalRunner.Wish.DELETE);
      lieFailed();
    }
  }
}
