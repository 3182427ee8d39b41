package dev.gra.grad.local;

import dev.gra.grad.runner.RunnerUid;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What runs of one runner. A grad that started it has its handle; one that found it has what was
 * recorded; and the mark in the environment finds what is left where neither does.
 */
final class RunnerProcess {
  /** runnerd gives its commands 2 s of grace itself. */
  private static final Duration ORDERLY = Duration.ofSeconds(4);

  private static final Duration KILLED = Duration.ofSeconds(5);
  private static final long LOOK_AGAIN_NANOS = 5_000_000;

  private final Isolation isolation;
  private final RunnerUid uid;
  private final Optional<Process> started;
  private volatile Optional<ProcessIdentity> root;

  private RunnerProcess(
      Isolation isolation,
      RunnerUid uid,
      Optional<Process> started,
      Optional<ProcessIdentity> root) {
    this.isolation = isolation;
    this.uid = uid;
    this.started = started;
    this.root = root;
  }

  static RunnerProcess start(Isolation isolation, RunnerRecord runner, RunnerDirectory directory)
      throws IOException {
    var process = Launcher.start(isolation.command(runner, directory), directory);
    return new RunnerProcess(isolation, runner.uid(), Optional.of(process), Optional.empty());
  }

  /** That of an earlier grad, if any of it is left. */
  static RunnerProcess recorded(Isolation isolation, RunnerDirectory directory) throws IOException {
    return new RunnerProcess(isolation, directory.uid(), Optional.empty(), directory.process());
  }

  /** Known by its mark alone. */
  static RunnerProcess unknown(Isolation isolation, RunnerDirectory directory) {
    return new RunnerProcess(isolation, directory.uid(), Optional.empty(), Optional.empty());
  }

  /** Has the process recorded whose end ends all; to be called when runnerd has answered. */
  void record(RunnerDirectory directory) throws IOException {
    root = isolation.root(directory, started.orElseThrow().pid());
    if (root.isPresent()) {
      directory.process(root.get());
    }
  }

  /** Calls back when it ends; only the grad that started it is told. */
  void whenEnded(Runnable callback) {
    if (started.isPresent()) {
      var _ = started.get().onExit().thenRun(callback);
    }
  }

  boolean tellsItsEnd() {
    return started.isPresent();
  }

  /** Unknown counts as alive: the socket tells. */
  boolean alive() {
    return started.map(Process::isAlive).or(() -> root.map(ProcessIdentity::alive)).orElse(true);
  }

  /**
   * Ends it in good order, then surely; returns when nothing of it is left. Can't be interrupted.
   */
  void end() {
    root.filter(ProcessIdentity::alive)
        .ifPresent(
            process -> {
              isolation.runnerd(process).forEach(RunnerProcess::terminate);
              await(ORDERLY, () -> !process.alive());
            });
    kill();
  }

  /** Ends it at once. */
  void kill() {
    root.flatMap(ProcessIdentity::handle).ifPresent(ProcessHandle::destroyForcibly);
    if (!await(KILLED, () -> killed(uid))) {
      throw new IllegalStateException("processes of runner " + uid + " don't end");
    }
  }

  private static void terminate(ProcessIdentity process) {
    process.handle().ifPresent(ProcessHandle::destroy);
  }

  /** Kills what has the mark; true when there was nothing more. */
  private static boolean killed(RunnerUid uid) {
    List<ProcessIdentity> left = ProcessTable.marked(RunnerEnvironment.mark(uid));
    left.forEach(process -> process.handle().ifPresent(ProcessHandle::destroyForcibly));
    return left.isEmpty();
  }

  /** Nobody tells of the end of a process that isn't our child, so it is looked at. */
  private static boolean await(Duration patience, BooleanSupplier condition) {
    var deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      java.util.concurrent.locks.LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
    return true;
  }
}
