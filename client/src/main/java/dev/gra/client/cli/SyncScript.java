package dev.gra.client.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.gra.client.ExecOptions;
import dev.gra.client.ExecOutcome;
import dev.gra.client.GraException;
import dev.gra.client.OutputSink;
import dev.gra.client.RandomIds;
import dev.gra.client.RemoteExec;
import dev.gra.client.sync.Entry;
import dev.gra.v1.Runner;
import dev.gra.v1.Start;
import dev.gra.v1.Stream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.List;

/** A script in a runner's workspace: words go to it and words come back, each ended by a NUL. */
final class SyncScript {
  private final Sync sync;
  private final Runner runner;
  private final String text;
  private final StringBuilder input = new StringBuilder();

  SyncScript(Sync sync, Runner runner, String text) {
    this.sync = sync;
    this.runner = runner;
    this.text = text;
  }

  /** What a path should be there, as {@code stat -c "%s %Y"} tells it, and the path. */
  void tell(String name, Entry expected) {
    boolean directory = expected.type() == 'd';
    String sign = directory ? "d" : expected.size() + " " + expected.modified().getEpochSecond();
    input.append(sign).append('\0').append(name).append('\0');
  }

  /**
   * Runs it.
   *
   * @param failure the error if it fails
   */
  List<String> run(String failure) throws InterruptedException {
    Start start =
        Start.newBuilder()
            .setExecId("sync-" + RandomIds.next())
            .setRunner(runner.getName())
            .setRunnerUid(runner.getUid())
            .addAllArgv(List.of("sh", "-c", text))
            .setStdin(true)
            .build();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayInputStream in = new ByteArrayInputStream(input.toString().getBytes(UTF_8));
    RemoteExec exec =
        sync.session()
            .client()
            .exec(start, ExecOptions.to(stdout(out)).stdin(Channels.newChannel(in)));
    sync.interruption().during(exec);
    if (!(exec.run() instanceof ExecOutcome.Finished finished)
        || ExitCodes.of(finished.ended().getEnding()) != 0) {
      throw GraException.of(
          "SYNC_FAILED", failure + " in runner " + runner.getName(), "gractl exec -- ls -la");
    }
    String words = out.toString(UTF_8);
    return words.isEmpty() ? List.of() : List.of(words.split("\0"));
  }

  private static OutputSink stdout(ByteArrayOutputStream bytes) {
    return new OutputSink() {
      @Override
      public void write(Stream stream, long offset, ByteString data) throws IOException {
        if (stream == Stream.STREAM_STDOUT) {
          data.writeTo(bytes);
        }
      }
    };
  }
}
