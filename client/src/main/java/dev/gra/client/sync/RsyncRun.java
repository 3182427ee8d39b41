package dev.gra.client.sync;

import com.google.protobuf.ByteString;
import dev.gra.client.ExecListener;
import dev.gra.client.ExecOptions;
import dev.gra.client.ExecOutcome;
import dev.gra.client.GraClient;
import dev.gra.client.GraException;
import dev.gra.client.OutputSink;
import dev.gra.client.RandomIds;
import dev.gra.client.RemoteExec;
import dev.gra.client.local.Commands;
import dev.gra.v1.Ending;
import dev.gra.v1.FailedToStart;
import dev.gra.v1.Runner;
import dev.gra.v1.Start;
import dev.gra.v1.Stream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One rsync between here and a runner: its one half a process here, the other an exec there. */
public final class RsyncRun {
  /** The way to the other half was cut. */
  public static final String CUT = "SYNC_CUT";

  /** The runner went away under it. */
  public static final String RUNNER_LOST = "RUNNER_LOST";

  private static final int ORPHAN_SECONDS = 120;
  private static final int MOST_SAID = 64 * 1024;

  /** Is told how it goes. */
  public interface Watcher extends ExecListener {
    /** The other half is about to start. */
    void begins(RemoteExec exec);

    /** So many bytes went either way. */
    void bytes(long count);
  }

  private final GraClient client;
  private final Runner runner;
  private final Path root;
  private final Watcher watcher;

  /** Between a directory and a runner's workspace. */
  public RsyncRun(GraClient client, Runner runner, Path root, Watcher watcher) {
    this.client = client;
    this.runner = runner;
    this.root = root;
    this.watcher = watcher;
  }

  /**
   * Runs it to its end.
   *
   * @throws GraException if not all went over; {@link #CUT} and {@link #RUNNER_LOST} are worth
   *     another try
   */
  public RsyncReport run(RsyncCommand command) throws IOException, InterruptedException {
    try (RsyncBridge bridge = RsyncBridge.create()) {
      Files.writeString(bridge.file("filters"), datasets() + command.filters(root));
      String names = String.join("\0", command.only().orElse(List.of()));
      Files.writeString(bridge.file("names"), names);
      Process rsync = start(command, bridge);
      try {
        List<String> otherHalf = bridge.awaitCommand(rsync);
        if (!otherHalf.isEmpty()) {
          exec(otherHalf, bridge);
        }
        bridge.joined();
        return judged(Commands.await(rsync), bridge);
      } finally {
        rsync.destroy();
      }
    }
  }

  /** What is mounted there is nobody's work of here: neither brought nor, above all, deleted. */
  private String datasets() {
    boolean mounted =
        runner.getSpec().getDatasetsList().stream()
            .anyMatch(dataset -> !dataset.getMount().isEmpty());
    return mounted ? "- /dataset\0" : "";
  }

  private Process start(RsyncCommand command, RsyncBridge bridge) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            command.words(bridge.file("filters"), bridge.file("names"), bridge.remoteShell()));
    prepare(builder, root);
    builder.redirectOutput(bridge.file("changes").toFile());
    builder.redirectError(bridge.file("errors").toFile());
    return start(builder);
  }

  static void prepare(ProcessBuilder builder, Path root) {
    builder.directory(root.toFile());
    builder.environment().putAll(Map.of("LC_ALL", "C", "TZ", "UTC"));
  }

  static Process start(ProcessBuilder builder) throws IOException {
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw GraException.of(
          "NO_RSYNC",
          "sync wants rsync, which is not on this machine",
          "apt-get install rsync, or brew install rsync; gractl cp does without it",
          e);
    }
    process.getOutputStream().close();
    return process;
  }

  private void exec(List<String> command, RsyncBridge bridge)
      throws IOException, InterruptedException {
    Start start =
        Start.newBuilder()
            .setExecId("sync-" + RandomIds.next())
            .setRunner(runner.getName())
            .setRunnerUid(runner.getUid())
            .addAllArgv(command)
            .putEnv("LC_ALL", "C.UTF-8")
            .setStdin(true)
            // Nobody joins it later: it needs no record, and ends soon after its writer.
            .setLight(true)
            .setOrphanAfter(com.google.protobuf.Duration.newBuilder().setSeconds(ORPHAN_SECONDS))
            .build();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (FileChannel from = bridge.fromRsync();
        FileChannel to = bridge.toRsync()) {
      bridge.joined();
      ExecOptions options = ExecOptions.to(sink(to, said)).stdin(counted(from)).listener(watcher);
      RemoteExec exec = client.exec(start, options);
      watcher.begins(exec);
      check(exec.run());
    } finally {
      Files.write(bridge.file("said"), said.toByteArray());
    }
  }

  private void check(ExecOutcome outcome) {
    if (!(outcome instanceof ExecOutcome.Finished finished)) {
      throw GraException.of(CUT, "another client took the exec over", null);
    }
    Ending ending = finished.ended().getEnding();
    switch (ending.getKindCase()) {
      case EXITED -> {}
      case FAILED_TO_START -> throw notStarted(ending.getFailedToStart());
      case CANCELLED ->
          throw GraException.of(
              "INTERRUPTED", "the sync was interrupted", "the same again: it goes on from there");
      case RUNNER_LOST ->
          throw GraException.of(
              RUNNER_LOST, "the runner was lost: " + ending.getRunnerLost().getWhy(), null);
      case SIGNALLED, TIMED_OUT, OUT_OF_MEMORY, OUTPUT_LIMIT, STDIN_LOST, KIND_NOT_SET ->
          throw GraException.of(
              "SYNC_FAILED", "rsync in the runner was ended: " + ending.getKindCase(), null);
    }
  }

  private GraException notStarted(FailedToStart failure) {
    return switch (failure.getReason()) {
      case REASON_NOT_FOUND ->
          GraException.of(
              "NO_RSYNC",
              "sync wants rsync, which is not in runner " + runner.getName(),
              "gractl cp, which does without it; or an image that has rsync, as gra's own has");
      default -> GraException.of("SYNC_FAILED", "rsync in the runner: " + failure, null);
    };
  }

  private RsyncReport judged(int code, RsyncBridge bridge) throws IOException {
    List<String> errors = new ArrayList<>();
    for (String name : List.of("said", "errors")) {
      if (Files.exists(bridge.file(name))) {
        // What isn't UTF-8 is shown as well as may be.
        errors.addAll(lines(bridge.file(name), StandardCharsets.UTF_8));
      }
    }
    RsyncReport report =
        new RsyncReport(code, lines(bridge.file("changes"), StandardCharsets.ISO_8859_1), errors);
    if (report.cut()) {
      throw GraException.of(CUT, "rsync broke off: " + report.why(), null);
    }
    if (!report.complete()) {
      throw GraException.of("SYNC_FAILED", "not all is in sync: " + report.why(), null);
    }
    return report;
  }

  private static List<String> lines(Path file, Charset charset) throws IOException {
    return new String(Files.readAllBytes(file), charset).lines().toList();
  }

  private ReadableByteChannel counted(FileChannel source) {
    return new ReadableByteChannel() {
      @Override
      public int read(ByteBuffer target) throws IOException {
        int count = source.read(target);
        watcher.bytes(Math.max(0, count));
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

  private OutputSink sink(FileChannel stdout, ByteArrayOutputStream said) {
    return new OutputSink() {
      @Override
      public void write(Stream stream, long offset, ByteString data) throws IOException {
        if (stream == Stream.STREAM_STDOUT) {
          watcher.bytes(data.size());
          ByteBuffer bytes = data.asReadOnlyByteBuffer();
          while (bytes.hasRemaining()) {
            stdout.write(bytes);
          }
        } else if (said.size() < MOST_SAID) {
          data.writeTo(said);
        }
      }
    };
  }
}
