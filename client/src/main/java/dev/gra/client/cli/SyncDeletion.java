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
import java.util.Map;

/** Deletes in a runner what is there as both sides had it, and nothing that was changed since. */
final class SyncDeletion {
  /** Reads pairs, of what a path should be and the path; prints the paths that are gone. */
  private static final String SCRIPT =
      """
      xargs -0 -n 512 sh -c 'while [ $# -gt 1 ]; do
        if [ "$1" = d ]; then rmdir -- "./$2" 2>/dev/null
        else [ "$(stat -c "%s %Y" -- "./$2" 2>/dev/null)" = "$1" ] && rm -f -- "./$2"; fi
        [ -e "./$2" ] || [ -L "./$2" ] || printf "%s\\0" "$2"
        shift 2
      done; true' sh
      """;

  private final Sync sync;
  private final Runner runner;

  SyncDeletion(Sync sync, Runner runner) {
    this.sync = sync;
    this.runner = runner;
  }

  /** Answers what is gone. */
  List<String> run(List<String> names, Map<String, Entry> agreed) throws InterruptedException {
    StringBuilder pairs = new StringBuilder();
    for (String name : names) {
      Entry was = agreed.get(name);
      String sign = was.type() == 'd' ? "d" : was.size() + " " + was.modified().getEpochSecond();
      pairs.append(sign).append('\0').append(name).append('\0');
    }
    Start start =
        Start.newBuilder()
            .setExecId("sync-" + RandomIds.next())
            .setRunner(runner.getName())
            .setRunnerUid(runner.getUid())
            .addAllArgv(List.of("sh", "-c", SCRIPT))
            .setStdin(true)
            .build();
    ByteArrayOutputStream gone = new ByteArrayOutputStream();
    ByteArrayInputStream input = new ByteArrayInputStream(pairs.toString().getBytes(UTF_8));
    RemoteExec exec =
        sync.session()
            .client()
            .exec(start, ExecOptions.to(stdout(gone)).stdin(Channels.newChannel(input)));
    sync.interruption().during(exec);
    if (!(exec.run() instanceof ExecOutcome.Finished finished)
        || ExitCodes.of(finished.ended().getEnding()) != 0) {
      throw GraException.of(
          "SYNC_FAILED",
          "what was deleted here could not be deleted in runner " + runner.getName(),
          "gractl exec -- ls -la");
    }
    return List.of(gone.toString(UTF_8).split("\0"));
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
