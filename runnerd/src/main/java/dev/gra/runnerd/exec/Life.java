package dev.gra.runnerd.exec;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.gra.protocol.Limits;
import dev.gra.protocol.RunnerExec;
import dev.gra.runnerd.log.Log;
import dev.gra.runnerd.process.Child;
import dev.gra.runnerd.process.SpawnException;
import dev.gra.runnerd.process.Timer;
import dev.gra.v1.Ended;
import dev.gra.v1.Ending;
import dev.gra.v1.FailedToStart;
import dev.gra.v1.Start;
import dev.gra.v1.Stream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An exec while it lives: journalled, spawned, running, ended. Its clocks (time-out, orphan) are
 * kept here. What clients ask for before the command is spawned waits for that.
 */
final class Life {
  /** How many signals can wait for the spawn; of a flood in those milliseconds the rest is lost. */
  private static final int PENDING = 64;

  private final Exec exec;
  private final RunnerExec streams;
  private final LifeContext context;
  private final Optional<Duration> orphanAfter;
  private final StdinPump stdin;
  private final List<Runnable> afterSpawn = new ArrayList<>();
  private Optional<Run> run = Optional.empty();
  private Optional<Cause> endedBeforeSpawn = Optional.empty();
  private Optional<Timestamp> startTime = Optional.empty();
  private Timer timeout;
  private Timer orphan;
  private boolean detached;
  private boolean over;

  Life(Exec exec, RunnerExec streams, LifeContext context) {
    this.exec = exec;
    this.streams = streams;
    this.context = context;
    this.orphanAfter = orphanAfter(context.start());
    this.stdin = new StdinPump(context.run().buffer(), new StdinListener());
  }

  /** The record is durable: starts the command. */
  void spawn() {
    if (endedBeforeSpawn.isPresent()) {
      over(ended(endedBeforeSpawn.get().ending()));
      return;
    }
    Child child;
    try {
      child = context.spawner().spawn(context.command().command(), context.mark());
    } catch (SpawnException e) {
      over(ended(failed(reason(e.reason()), e.getMessage())));
      return;
    } catch (IOException e) {
      over(
          ended(
              failed(
                  FailedToStart.Reason.REASON_NO_RESOURCES, "the script can't be written: " + e)));
      return;
    } catch (RuntimeException e) {
      // A defect, but one exec's: it must not stay live for ever.
      Log.error("exec " + exec.id() + " can't be started", e);
      over(ended(failed(FailedToStart.Reason.REASON_UNSPECIFIED, e.toString())));
      return;
    }
    startTime = Optional.of(Times.timestamp(Instant.now()));
    run = Optional.of(new Run(context.run(), child, exec.spools(), new RunListener()));
    if (context.start().getStdin()) {
      stdin.open(context.run().reactor(), child.stdin());
    }
    startTimeout();
    afterSpawn.forEach(Runnable::run);
    afterSpawn.clear();
  }

  /** Ends it. */
  void end(Cause cause) {
    if (run.isPresent()) {
      run.get().end(cause);
    } else if (endedBeforeSpawn.isEmpty()) {
      endedBeforeSpawn = Optional.of(cause);
    }
  }

  void stdin(ByteString data) {
    stdin.offer(data);
  }

  void stdinEnd() {
    stdin.end();
  }

  void roomMade(Stream stream) {
    run.ifPresent(running -> running.roomMade(stream));
  }

  void closeOutput(Stream stream) {
    whenRunning(() -> run.orElseThrow().closeOutput(stream));
  }

  void signal(int number) {
    whenRunning(() -> run.orElseThrow().signal(number));
  }

  /** Its writer left it to itself, for good: a writer that comes back doesn't change that. */
  void detached() {
    detached = !context.start().getLight();
  }

  /** Starts or stops the clock of an exec without a writer. */
  void writerMayHaveChanged() {
    boolean unlimited = orphanAfter.isEmpty() || (detached && !streams.stdinUnfinished());
    if (over || streams.hasWriter() || unlimited) {
      stop(orphan);
      orphan = null;
    } else if (orphan == null) {
      orphan = context.run().reactor().after(orphanAfter.get(), this::orphaned);
    }
  }

  private void orphaned() {
    orphan = null;
    end(streams.stdinUnfinished() ? new Cause.SourceLost() : new Cause.Cancel("orphaned"));
  }

  private void startTimeout() {
    Start start = context.start();
    if (start.hasTimeout()) {
      Duration after = Times.duration(start.getTimeout());
      timeout = context.run().reactor().after(after, () -> end(new Cause.Timeout(after)));
    }
  }

  private void whenRunning(Runnable action) {
    if (run.isPresent()) {
      action.run();
    } else if (afterSpawn.size() < PENDING) {
      afterSpawn.add(action);
    }
  }

  private Ended.Builder ended(Ending ending) {
    Ended.Builder ended =
        Ended.newBuilder()
            .setEnding(ending)
            .setStdout(Spools.totals(exec.spools().stdout()))
            .setStderr(Spools.totals(exec.spools().stderr()))
            .setStdin(stdin.totals());
    startTime.ifPresent(ended::setStartTime);
    if (context.start().hasTraceContext()) {
      ended.setTraceContext(exec.traceContext());
    }
    return ended;
  }

  private void over(Ended.Builder ended) {
    over = true;
    stdin.close();
    stop(timeout);
    stop(orphan);
    context.whenEnded().ended(exec, ended.build());
  }

  private static void stop(Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }

  private static Optional<Duration> orphanAfter(Start start) {
    if (!start.hasOrphanAfter()) {
      return Optional.of(start.getLight() ? Limits.LIGHT_ORPHAN_AFTER : Limits.ORPHAN_AFTER);
    }
    return StartRules.unlimited(start.getOrphanAfter())
        ? Optional.empty()
        : Optional.of(Times.duration(start.getOrphanAfter()));
  }

  private static Ending failed(FailedToStart.Reason reason, String message) {
    return Ending.newBuilder()
        .setFailedToStart(
            FailedToStart.newBuilder()
                .setReason(reason)
                .setMessage(Launch.cut(message, Cause.Cancel.BY_CHARACTERS)))
        .build();
  }

  private static FailedToStart.Reason reason(SpawnException.Reason reason) {
    return switch (reason) {
      case NOT_FOUND -> FailedToStart.Reason.REASON_NOT_FOUND;
      case NOT_EXECUTABLE -> FailedToStart.Reason.REASON_NOT_EXECUTABLE;
      case BAD_CWD -> FailedToStart.Reason.REASON_BAD_CWD;
      case TOO_LONG -> FailedToStart.Reason.REASON_TOO_LONG;
      case NO_RESOURCES -> FailedToStart.Reason.REASON_NO_RESOURCES;
    };
  }

  private final class StdinListener implements StdinPump.Listener {
    @Override
    public void consumed(long upTo) {
      streams.stdinConsumed(upTo);
      exec.wakeAll();
    }

    @Override
    public void closed() {
      streams.stdinClosed();
      writerMayHaveChanged();
      exec.wakeAll();
    }
  }

  private final class RunListener implements Run.Listener {
    @Override
    public void appended(Stream stream) {
      exec.wakeAll();
    }

    @Override
    public void outputEnded(Stream stream) {
      streams.outputEnded(stream);
      exec.wakeAll();
    }

    @Override
    public void mainEnded() {
      stop(timeout);
      stdin.close();
      streams.stdinClosed();
      writerMayHaveChanged();
      exec.wakeAll();
    }

    @Override
    public void ended(Run.Result result) {
      over(
          Life.this
              .ended(result.ending())
              .setDuration(Times.duration(result.duration()))
              .setCpu(Times.duration(result.cpu()))
              .setStraysKilled(result.strays())
              .setPartial(result.partial()));
    }
  }
}
