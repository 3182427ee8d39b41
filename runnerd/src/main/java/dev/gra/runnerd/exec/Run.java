package dev.gra.runnerd.exec;

import dev.gra.runnerd.log.Log;
import dev.gra.runnerd.process.Child;
import dev.gra.runnerd.process.ErrnoException;
import dev.gra.runnerd.process.Exit;
import dev.gra.runnerd.process.Handler;
import dev.gra.runnerd.process.Interest;
import dev.gra.runnerd.process.Signals;
import dev.gra.runnerd.process.Timer;
import dev.gra.runnerd.process.Watch;
import dev.gra.v1.Ending;
import dev.gra.v1.Exited;
import dev.gra.v1.Signalled;
import dev.gra.v1.Stream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A spawned command's life, to its very end: it runs, its main process ends (by itself or by a
 * {@link Cause}), its output is drained, what is left of its tree is ended, the last bytes are
 * taken, it is reaped.
 */
final class Run implements Handler {
  /** What became of it. */
  record Result(Ending ending, Duration duration, Duration cpu, int strays, boolean partial) {}

  /** Told what happens. */
  interface Listener {
    /** A stream's spool holds more. */
    void appended(Stream stream);

    /** A stream has ended, and the main process goes on. */
    void outputEnded(Stream stream);

    /** The main process has ended. */
    void mainEnded();

    /** Nothing is left of it. */
    void ended(Result result);
  }

  private enum Phase {
    RUNNING,
    DRAINING,
    SWEEPING,
    TAKING_THE_REST,
    ENDED
  }

  /** A process that ends closes its pipes a moment before: that is no news. */
  private static final Duration LAST_MOMENTS = Duration.ofMillis(2);

  private final RunContext context;
  private final Child child;
  private final Listener listener;
  private final List<Output> outputs;
  private final Ender ender;
  private final Watch pidfd;
  private final long startNanos = System.nanoTime();
  private Phase phase = Phase.RUNNING;
  private Optional<Cause> cause = Optional.empty();
  private Exit exit;
  private Duration duration;
  private boolean outOfMemory;
  private boolean killedByClient;
  private boolean ending;
  private boolean impatient;
  private boolean partial;
  private Timer drainTimer;

  Run(RunContext context, Child child, Spools spools, Listener listener) {
    this.context = context;
    this.child = child;
    this.listener = listener;
    this.ender = new Ender(context.reactor(), context.tree(), child, context.limits().termGrace());
    this.outputs =
        List.of(
            output(Stream.STREAM_STDOUT, child.stdout(), spools),
            output(Stream.STREAM_STDERR, child.stderr(), spools));
    this.pidfd = context.reactor().watch(child.pidfd(), this);
    pidfd.interest(Interest.READ);
  }

  /** Sends the command a signal for its client. */
  void signal(int number) {
    if (phase == Phase.RUNNING) {
      killedByClient |= number == Signals.KILL;
      child.signalGroup(number);
    }
  }

  /** Ends it; if it has ended already, what is under way is only hurried. */
  void end(Cause why) {
    if (why instanceof Cause.NoRoom && cause.isEmpty()) {
      // Even if it ends well by itself: not all it said could be kept.
      cause = Optional.of(why);
    }
    lookForExit();
    if (phase == Phase.RUNNING) {
      if (cause.isEmpty()) {
        cause = Optional.of(why);
      }
      endOnce();
    }
    impatient = true;
    moved();
  }

  private void endOnce() {
    if (!ending) {
      ending = true;
      ender.endAll();
    }
  }

  /** The writer consumed something: the spool may have room. */
  void roomMade(Stream stream) {
    outputs.get(index(stream)).roomMade();
  }

  /** The writer wants no more of a stream. */
  void closeOutput(Stream stream) {
    outputs.get(index(stream)).close();
    moved();
  }

  @Override
  public void ready(int events) {
    lookForExit();
  }

  @Override
  public void failed(Throwable cause) {
    Log.error("watching process " + child.pid() + " failed", cause);
    pidfd.interest(Interest.NONE);
  }

  private Output output(Stream stream, int fd, Spools spools) {
    return new Output(
        context.reactor(),
        fd,
        spools.of(stream),
        context.buffer(),
        new Output.Listener() {
          @Override
          public void appended() {
            listener.appended(stream);
          }

          @Override
          public void moved() {
            Run.this.moved();
          }

          @Override
          public void atEnd() {
            outputAtEnd(stream);
          }

          @Override
          public void broken(String why) {
            partial = true;
            end(new Cause.NoRoom(why));
          }
        });
  }

  private void outputAtEnd(Stream stream) {
    if (phase == Phase.RUNNING) {
      context.reactor().after(LAST_MOMENTS, () -> tellOutputEnd(stream));
    }
  }

  private void tellOutputEnd(Stream stream) {
    lookForExit();
    if (phase == Phase.RUNNING) {
      listener.outputEnded(stream);
    }
  }

  private void lookForExit() {
    if (phase != Phase.RUNNING) {
      return;
    }
    try {
      child.exit().ifPresent(this::mainEnded);
    } catch (ErrnoException e) {
      failed(e);
    }
  }

  /** The leader is left unreaped for now: while it is, its group's number is nobody else's. */
  private void mainEnded(Exit how) {
    exit = how;
    duration = Duration.ofNanos(System.nanoTime() - startNanos);
    outOfMemory = context.oom().outOfMemory(how) && !killedByClient && cause.isEmpty();
    pidfd.close();
    ender.cancelTimer();
    phase = Phase.DRAINING;
    listener.mainEnded();
    drainTimer = context.reactor().after(context.limits().drain(), this::drainTimeUp);
    drainAll();
    moved();
  }

  private void drainTimeUp() {
    drainTimer = null;
    // Bytes that only wait for their reader are not given up, unless somebody wants an end.
    if (phase == Phase.DRAINING && (impatient || !anyFull())) {
      sweep();
    }
  }

  /** Something happened to an output: is it time for the next phase? */
  private void moved() {
    switch (phase) {
      case RUNNING, SWEEPING, ENDED -> {}
      case DRAINING -> {
        if (outputs.stream().allMatch(Output::ended) || (impatient && anyFull())) {
          sweep();
        } else if (drainTimer == null && !anyFull()) {
          drainTimer = context.reactor().after(context.limits().drain(), this::drainTimeUp);
        }
      }
      case TAKING_THE_REST -> takeTheRest();
    }
  }

  private void sweep() {
    if (drainTimer != null) {
      drainTimer.cancel();
      drainTimer = null;
    }
    phase = Phase.SWEEPING;
    ender.endStrays(
        () -> {
          phase = Phase.TAKING_THE_REST;
          takeTheRest();
        });
  }

  private void takeTheRest() {
    drainAll();
    if (anyFull() && !impatient) {
      return;
    }
    partial |= anyFull();
    phase = Phase.ENDED;
    outputs.forEach(Output::close);
    try {
      child.reap();
    } catch (ErrnoException e) {
      Log.error("process " + child.pid() + " can't be reaped", e);
    }
    context.tree().remove(child);
    listener.ended(new Result(ending(), duration, exit.cpu(), ender.straysFound(), partial));
  }

  private void drainAll() {
    for (Output output : outputs) {
      try {
        output.drain();
      } catch (IOException e) {
        output.failed(e);
      }
    }
  }

  private boolean anyFull() {
    return outputs.stream().anyMatch(Output::full);
  }

  private Ending ending() {
    if (cause.isPresent()) {
      return cause.get().ending();
    }
    if (outOfMemory) {
      return Ending.newBuilder()
          .setOutOfMemory(dev.gra.v1.OutOfMemory.getDefaultInstance())
          .build();
    }
    return switch (exit) {
      case Exit.Exited(int code, Duration _) ->
          Ending.newBuilder().setExited(Exited.newBuilder().setCode(code)).build();
      case Exit.Signalled(int signal, boolean coreDumped, Duration _) ->
          Ending.newBuilder()
              .setSignalled(Signalled.newBuilder().setSignal(signal).setCoreDumped(coreDumped))
              .build();
    };
  }

  private static int index(Stream stream) {
    return dev.gra.protocol.Streams.index(stream);
  }
}
