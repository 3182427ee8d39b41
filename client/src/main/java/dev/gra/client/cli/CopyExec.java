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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The end of a copy that is in a runner: a script there, and what it says of the copy. */
final class CopyExec {
  /** What its sender says of what comes. */
  record Announced(String kind, String digest) {}

  private final Session session;
  private final CopyPath there;
  private final List<String> command;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  CopyExec(Session session, CopyPath there, List<String> command) {
    this.session = session;
    this.there = there;
    this.command = command;
  }

  /** Runs it on this input. */
  void send(ReadableByteChannel content) throws InterruptedException {
    run(start().setStdin(true).build(), ExecOptions.to(toBoth(said, said)).stdin(content));
  }

  /** Runs it for what it puts out. */
  void receive(OutputStream content) throws InterruptedException {
    run(start().build(), ExecOptions.to(toBoth(content, said)));
  }

  /** What it said so far. */
  String said() {
    return said.toString(StandardCharsets.UTF_8);
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

  private void run(Start start, ExecOptions options) throws InterruptedException {
    RemoteExec exec = session.client().exec(start, options);
    Signals.handle(exec, session.messages());
    ExecOutcome outcome = exec.run();
    if (!(outcome instanceof ExecOutcome.Finished finished)) {
      throw GraException.of("COPY_FAILED", "cp was left before its end", null);
    }
    var ending = finished.ended().getEnding();
    if (ExitCodes.of(ending) != 0) {
      throw failed(said(), Endings.describe(ending));
    }
  }

  /** What was announced in this. */
  static Announced announced(String said) {
    for (String line : said.split("\n", -1)) {
      String[] words = line.split(" ", -1);
      if (words.length == 3 && words[0].equals("gra-cp")) {
        return new Announced(words[1], words[2]);
      }
    }
    throw failed(said, "nothing was sent");
  }

  private static GraException failed(String said, String otherwise) {
    String prefix = "gra-cp-error ";
    String why =
        said.lines()
            .filter(line -> line.startsWith(prefix))
            .map(line -> line.substring(prefix.length()))
            .findFirst()
            .orElseGet(() -> said.isBlank() ? otherwise : said.strip());
    return GraException.of("COPY_FAILED", "cp: " + why, null);
  }

  private static OutputSink toBoth(OutputStream stdout, OutputStream stderr) {
    return new OutputSink() {
      @Override
      public void write(Stream stream, long offset, ByteString data) throws IOException {
        data.writeTo(stream == Stream.STREAM_STDOUT ? stdout : stderr);
      }

      @Override
      public void gap(Stream stream, long from, long to) {
        throw new IllegalStateException("an attached writer gets no gap");
      }
    };
  }
}
