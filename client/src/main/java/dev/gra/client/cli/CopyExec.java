package dev.gra.client.cli;

import com.google.protobuf.ByteString;
import dev.gra.client.ExecOptions;
import dev.gra.client.ExecOutcome;
import dev.gra.client.GraException;
import dev.gra.client.OutputSink;
import dev.gra.client.RandomIds;
import dev.gra.client.RemoteExec;
import dev.gra.client.Runners;
import dev.gra.v1.Start;
import dev.gra.v1.Stream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The end of a copy that is in a runner: a script there, and what it says of the copy. */
final class CopyExec {
  /** Where what it puts out goes. */
  interface Content {
    void write(ByteString data) throws IOException;
  }

  /**
   * What its sender says of what comes.
   *
   * @param bytes of its files, about
   */
  record Announced(String kind, long bytes) {}

  private final Session session;
  private final CopyPath there;
  private final List<String> command;
  private final CopyProgress progress;
  private final CopyWords said = new CopyWords();
  private IOException refused;

  CopyExec(Session session, CopyPath there, List<String> command, CopyProgress progress) {
    this.session = session;
    this.there = there;
    this.command = command;
    this.progress = progress;
  }

  /** Runs it on this input. */
  void send(OutgoingCopy content) throws IOException, InterruptedException {
    try {
      run(start().setStdin(true).build(), ExecOptions.to(sink(this::hear)).stdin(content));
    } catch (GraException e) {
      throw content.failure().orElseThrow(() -> e);
    }
  }

  /** Runs it for what it puts out. */
  void receive(Content content) throws IOException, InterruptedException {
    run(start().build(), ExecOptions.to(sink(content)));
  }

  private Start.Builder start() {
    String runner = session.runnerName(there.runner().orElseThrow());
    Runners.Ensured ensured = new RunnerPreparation(session).forExec(runner);
    return Start.newBuilder()
        .setExecId("cp-" + RandomIds.next())
        .setRunner(runner)
        .setRunnerUid(ensured.runner().getUid())
        .addAllArgv(command)
        .putAllEnv(Map.of("LC_ALL", "C.UTF-8"));
  }

  private void run(Start start, ExecOptions options) throws IOException, InterruptedException {
    RemoteExec exec = session.client().exec(start, options);
    Signals.handle(exec, session.messages());
    ExecOutcome outcome = exec.run();
    if (!(outcome instanceof ExecOutcome.Finished finished)) {
      throw GraException.of("COPY_FAILED", "cp was left before its end", null);
    }
    if (refused != null) {
      throw refused;
    }
    var ending = finished.ended().getEnding();
    if (ExitCodes.of(ending) != 0) {
      throw failed(Endings.describe(ending));
    }
  }

  /** What it announced. */
  Announced announced() {
    return announcement().orElseThrow(() -> failed("nothing was sent"));
  }

  /** The SHA-256 of all that it put out. */
  String sum() {
    return said.sum().orElseThrow(() -> failed("its SHA-256 was not told"));
  }

  private Optional<Announced> announcement() {
    return said.announced()
        .map(words -> words.split(" ", 2))
        .map(words -> new Announced(words[0], Long.parseLong(words[1])));
  }

  private GraException failed(String otherwise) {
    String why = said.why();
    return GraException.of("COPY_FAILED", "cp: " + (why.isEmpty() ? otherwise : why), null);
  }

  private void hear(ByteString data) {
    said.hear(data);
    announcement().map(Announced::bytes).ifPresent(progress::total);
  }

  private OutputSink sink(Content stdout) {
    return new OutputSink() {
      @Override
      public void write(Stream stream, long offset, ByteString data) throws IOException {
        if (stream == Stream.STREAM_STDERR) {
          hear(data);
          return;
        }
        try {
          stdout.write(data);
        } catch (IOException e) {
          refused = e;
          throw e;
        }
      }
    };
  }
}
