package dev.gra.client.cli;

import com.google.protobuf.ByteString;
import dev.gra.client.ExecListener;
import dev.gra.client.ExecOptions;
import dev.gra.client.ExecOutcome;
import dev.gra.client.GraException;
import dev.gra.client.OutputSink;
import dev.gra.client.RemoteExec;
import dev.gra.v1.Attach;
import dev.gra.v1.Cursors;
import dev.gra.v1.Detached;
import dev.gra.v1.Ending;
import dev.gra.v1.Start;
import dev.gra.v1.Started;
import dev.gra.v1.Stream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Runs or joins one exec for a person or an agent, and says what became of it. */
public final class ExecRun implements OutputSink, ExecListener {
  private static final int SIGPIPE = 13;
  private static final Duration QUIET = Duration.ofSeconds(60);

  private final Session session;
  private final ExecView view;
  private final ExecIdentity exec;
  private final boolean starts;
  private final CapturedOutput captured = new CapturedOutput();
  private final OutputSink sink;
  private final SignOfLife signOfLife;
  private final Optional<FollowUp> followUp;
  private RemoteExec remote;
  private volatile boolean started;
  private volatile boolean cut;
  private volatile boolean refused;

  private ExecRun(
      Session session, ExecView view, ExecIdentity exec, boolean starts, Cursors cursors) {
    this.session = session;
    this.view = view;
    this.exec = exec;
    this.starts = starts;
    this.sink = view.json() ? captured : new ProcessOutput(session.messages());
    this.followUp = record(cursors);
    this.signOfLife = new SignOfLife(session.messages(), exec.execId(), QUIET);
  }

  /** Runs a command; answers the exit code. */
  public static int start(Session session, Start start, ExecView view) {
    ExecRun run = new ExecRun(session, view, ExecIdentity.of(start), true, start.getCursors());
    return run.run(session.client().exec(start, run.options()));
  }

  /** Joins an exec; answers the exit code. */
  public static int attach(Session session, Attach attach, ExecView view) {
    ExecRun run = new ExecRun(session, view, ExecIdentity.of(attach), false, attach.getCursors());
    return run.run(session.client().attach(attach, run.options()));
  }

  private ExecOptions options() {
    ExecOptions options = ExecOptions.to(this).listener(this).trace(session.telemetry().span());
    return view.stdin()
        ? options.stdin(new FileInputStream(FileDescriptor.in).getChannel())
        : options;
  }

  private int run(RemoteExec started) {
    remote = started;
    session.telemetry().attribute("gra.exec.id", exec.execId());
    session.telemetry().attribute("gra.runner.name", exec.runner());
    Signals.handle(remote, session.messages());
    long begin = System.nanoTime();
    try (signOfLife) {
      ExecOutcome outcome = remote.run();
      return switch (outcome) {
        case ExecOutcome.Finished finished -> finished(finished, System.nanoTime() - begin);
        case ExecOutcome.Left left -> left(left);
      };
    } catch (GraException e) {
      return failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(GraException.of("INTERRUPTED", "gractl was interrupted", attachCommand(), e));
    }
  }

  private int finished(ExecOutcome.Finished outcome, long elapsedNanos) {
    forget();
    var ending = outcome.ended().getEnding();
    int code = ExitCodes.of(ending);
    session.telemetry().attribute("process.exit.code", code);
    if (view.json()) {
      Json.print(report().finished(exec, outcome, elapsedNanos / 1_000_000));
      return code;
    }
    session.messages().clear();
    if (!ending.hasExited() && !brokenPipe(ending)) {
      session.messages().say("the command " + Endings.describe(ending));
    }
    if (outcome.ended().getPartial()) {
      session.messages().say("its output may not be the whole");
    }
    ExecReport.hints(outcome.ended()).forEach(session.messages()::say);
    return code;
  }

  // What `| head` makes of a command is no news.
  private boolean brokenPipe(Ending ending) {
    return refused && ending.getSignalled().getSignal() == SIGPIPE;
  }

  private int left(ExecOutcome.Left left) {
    if (left.reason() != Detached.Reason.REASON_REQUESTED) {
      return failed(
          GraException.of(
              "SUPERSEDED",
              "another client took over exec " + exec.execId() + "; it goes on",
              attachCommand()));
    }
    closeRecord();
    if (view.json()) {
      Json.print(report().left(left));
    } else if (view.detach()) {
      System.out.println(exec.execId());
    } else {
      session.messages().say("left exec " + exec.execId() + " running. Try: " + attachCommand());
    }
    if (!left.confirmed()) {
      session.messages().say("grad could not be told: it ends when its orphan time is over");
    }
    return view.detach() && left.confirmed() ? 0 : ExitCodes.FAILED;
  }

  private int failed(GraException failure) {
    if (starts && !started && failure.decidedByServer()) {
      forget(); // It was refused: there is nothing to follow up.
    } else {
      closeRecord();
    }
    session.failed(failure);
    if (!view.json()) {
      throw failure;
    }
    Json.print(report().failed(failure));
    return Usage.exitCode(failure);
  }

  private ExecReport report() {
    return new ExecReport(
        exec, view.runnerCreated(), session.telemetry().span().traceId(), captured);
  }

  private String attachCommand() {
    return "gractl execs attach " + exec.execId();
  }

  @Override
  public void started(Started answer) {
    started = true;
    if (view.detach()) {
      remote.detach();
    }
    if (cut) {
      cut = false;
      session.messages().say("connected again");
    }
  }

  @Override
  public void cut(GraException why) {
    if (!cut) {
      cut = true;
      session
          .messages()
          .say("connection lost (" + why.getMessage() + "); the command goes on, reconnecting");
    }
  }

  @Override
  public void write(Stream stream, long offset, ByteString data) throws IOException {
    signOfLife.output();
    if (view.detach()) {
      // It stays in the runner, for execs logs and execs attach.
      return;
    }
    try {
      sink.write(stream, offset, data);
    } catch (IOException e) {
      refused = true;
      throw e;
    }
    if (followUp.isPresent()) {
      followUp.get().passedOn(stream, offset + data.size());
    }
  }

  @Override
  public void gap(Stream stream, long from, long to) {
    sink.gap(stream, from, to);
  }

  private Optional<FollowUp> record(Cursors cursors) {
    try {
      var entry =
          new FollowUp.Entry(
              exec.execId(),
              session.endpoints().endpoint().toString(),
              exec.runner(),
              exec.runnerUid(),
              cursors);
      return FollowUp.write(session.home(), entry);
    } catch (IOException e) {
      session.messages().say("this exec can't be followed up by its id alone: " + e.getMessage());
      return Optional.empty();
    }
  }

  private void forget() {
    tidy(FollowUp::remove);
  }

  private void closeRecord() {
    tidy(FollowUp::close);
  }

  private interface Tidying {
    void apply(FollowUp record) throws IOException;
  }

  private void tidy(Tidying tidying) {
    if (followUp.isPresent()) {
      try {
        tidying.apply(followUp.get());
      } catch (IOException e) {
        session.messages().say("the exec's record can't be tidied up: " + e.getMessage());
      }
    }
  }
}
