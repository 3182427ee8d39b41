package dev.gra.client.cli;

import com.google.protobuf.ByteString;
import dev.gra.client.ExecOptions;
import dev.gra.client.ExecOutcome;
import dev.gra.client.GraException;
import dev.gra.client.OutputSink;
import dev.gra.client.RandomIds;
import dev.gra.client.RemoteExec;
import dev.gra.client.Runners;
import dev.gra.client.local.Commands;
import dev.gra.v1.Start;
import dev.gra.v1.Stream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Copies a file or a tree between here and a runner: a tar over an exec, unpacked beside its place,
 * compared by SHA-256 with what was sent, and only then put there.
 */
public final class Copy {
  private record Announced(String kind, String digest) {}

  private final Session session;
  private final CopyProgress progress;

  /** For one run. */
  public Copy(Session session) {
    this.session = session;
    this.progress = new CopyProgress(session.messages());
  }

  /** Copies; one of both must be in a runner. */
  public int copy(String from, String to) {
    CopyPath source = CopyPath.parse(from);
    CopyPath target = CopyPath.parse(to);
    if (source.runner().isPresent() == target.runner().isPresent()) {
      throw Usage.error(
          "cp copies between here and a runner", "gractl cp data :  or  gractl cp :results .");
    }
    try {
      if (target.runner().isPresent()) {
        upload(source, target);
      } else {
        download(source, target);
      }
      progress.done(from, to);
      return 0;
    } catch (IOException e) {
      throw GraException.of("COPY_FAILED", "cp: " + e.getMessage(), null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw GraException.of("INTERRUPTED", "cp was interrupted", null, e);
    }
  }

  private void upload(CopyPath source, CopyPath target) throws IOException, InterruptedException {
    Process digesting = local(CopyScripts.digest(source.path())).start();
    digesting.getOutputStream().close();
    Announced announced = announced(text(digesting.getErrorStream()));
    Commands.await(digesting);
    Process sender = local(CopyScripts.send(source.path())).redirectError(DISCARD).start();
    sender.getOutputStream().close();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try {
      Start start =
          start(
                  target,
                  CopyScripts.receive(
                      announced.kind(), announced.digest(), target.path(), source.name()))
              .setStdin(true)
              .build();
      ExecOptions options =
          ExecOptions.to(toBoth(said, said)).stdin(counted(sender.getInputStream()));
      finish(session.client().exec(start, options), said);
    } finally {
      sender.destroy();
    }
  }

  private void download(CopyPath source, CopyPath target) throws IOException, InterruptedException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Start start = start(source, CopyScripts.send(source.path())).build();
    // The announcement comes on the other stream, which may be a moment later than the first byte.
    try (Unpacking unpacking =
        new Unpacking(
            () -> {
              String heard = said.toString(StandardCharsets.UTF_8);
              if (!heard.contains("\n")) {
                return null;
              }
              Announced announced = announced(heard);
              return local(
                      CopyScripts.receive(
                          announced.kind(), announced.digest(), target.path(), source.name()))
                  .start();
            },
            progress)) {
      ExecOptions options = ExecOptions.to(toBoth(unpacking, said));
      finish(session.client().exec(start, options), said);
      unpacking.finish();
    }
  }

  private void finish(RemoteExec exec, ByteArrayOutputStream said) throws InterruptedException {
    Signals.handle(exec, session.messages());
    ExecOutcome outcome = exec.run();
    if (!(outcome instanceof ExecOutcome.Finished finished)) {
      throw GraException.of("COPY_FAILED", "cp was left before its end", null);
    }
    var ending = finished.ended().getEnding();
    if (ExitCodes.of(ending) != 0) {
      throw failed(said.toString(StandardCharsets.UTF_8), Endings.describe(ending));
    }
  }

  private Start.Builder start(CopyPath there, List<String> command) {
    String runner = session.runnerName(there.runner().orElseThrow());
    Runners.Ensured ensured = new RunnerPreparation(session).forExec(runner);
    return Start.newBuilder()
        .setExecId("cp-" + RandomIds.next())
        .setRunner(runner)
        .setRunnerUid(ensured.runner().getUid())
        .addAllArgv(command)
        .putAllEnv(Map.of("LC_ALL", "C.UTF-8"));
  }

  private ProcessBuilder local(List<String> command) {
    return new ProcessBuilder(command).directory(session.directory().toFile());
  }

  private static final ProcessBuilder.Redirect DISCARD = ProcessBuilder.Redirect.DISCARD;

  private static String text(java.io.InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  private static Announced announced(String said) {
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

  private ReadableByteChannel counted(java.io.InputStream in) {
    ReadableByteChannel source = Channels.newChannel(in);
    return new ReadableByteChannel() {
      @Override
      public int read(ByteBuffer target) throws IOException {
        int count = source.read(target);
        progress.bytes(Math.max(0, count));
        return count;
      }

      @Override
      public boolean isOpen() {
        return source.isOpen();
      }

      @Override
      public void close() throws IOException {
        source.close();
      }
    };
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
