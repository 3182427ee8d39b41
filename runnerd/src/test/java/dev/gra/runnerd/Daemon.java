package dev.gra.runnerd;

import dev.gra.runnerd.exec.Settings;
import dev.gra.runnerd.journal.JournalFiles;
import dev.gra.runnerd.spool.DiskFile;
import dev.gra.runnerd.spool.SpoolFile;
import dev.gra.v1.Script;
import dev.gra.v1.Start;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** A runnerd within the test's own process, with a directory of its own. */
public final class Daemon implements AutoCloseable {
  public static final String UID = "uid-1";

  final Settings settings;
  final Path socket;
  private final JournalFiles files;
  private final Runnerd runnerd;
  private boolean ended;

  private Daemon(Settings settings, Path socket, JournalFiles files, Runnerd runnerd) {
    this.settings = settings;
    this.socket = socket;
    this.files = files;
    this.runnerd = runnerd;
  }

  public static Daemon start(Path directory) throws IOException {
    return start(settings(directory));
  }

  static Daemon start(Settings settings) throws IOException {
    return start(settings, new JournalFiles(settings.state()), InstantSource.system());
  }

  static Daemon start(Settings settings, JournalFiles files, InstantSource clock)
      throws IOException {
    return start(settings, files, DiskFile::new, clock);
  }

  static Daemon start(
      Settings settings,
      JournalFiles files,
      Function<Path, SpoolFile> spoolFiles,
      InstantSource clock)
      throws IOException {
    Path socket = settings.state().resolve("s");
    return new Daemon(
        settings, socket, files, Runnerd.start(settings, files, spoolFiles, socket, clock));
  }

  static Settings settings(Path directory) throws IOException {
    Path state = Files.createDirectories(directory.resolve("state"));
    Path workspace = Files.createDirectories(directory.resolve("workspace"));
    return new Settings(
        state,
        workspace,
        UID,
        Map.of("PATH", System.getenv("PATH"), "HOME", workspace.toString()),
        Optional.empty(),
        64L << 20,
        Settings.Limits.DEFAULT);
  }

  static Settings with(Settings settings, Settings.Limits limits) {
    return new Settings(
        settings.state(),
        settings.workspace(),
        settings.runnerUid(),
        settings.baseEnv(),
        settings.idleTimeout(),
        settings.spoolBytes(),
        limits);
  }

  static Settings withSpool(Settings settings, long bytes) {
    return new Settings(
        settings.state(),
        settings.workspace(),
        settings.runnerUid(),
        settings.baseEnv(),
        settings.idleTimeout(),
        bytes,
        settings.limits());
  }

  static Settings withIdleTimeout(Settings settings, Duration timeout) {
    return new Settings(
        settings.state(),
        settings.workspace(),
        settings.runnerUid(),
        settings.baseEnv(),
        Optional.of(timeout),
        settings.spoolBytes(),
        settings.limits());
  }

  public TestLink link() throws IOException {
    return TestLink.connect(socket);
  }

  /** A link whose client reads nothing. */
  TestLink deafLink() throws IOException {
    return TestLink.deaf(socket);
  }

  /** A start of a command under a new id. */
  public static Start.Builder command(String... argv) {
    return Start.newBuilder()
        .setExecId(UUID.randomUUID().toString())
        .setRunner("r")
        .setRunnerUid(UID)
        .addAllArgv(List.of(argv));
  }

  static Start.Builder shell(String script) {
    return command("sh", "-c", script);
  }

  static Start.Builder script(String text, String... interpreter) {
    return command()
        .setScript(
            Script.newBuilder()
                .setContent(com.google.protobuf.ByteString.copyFromUtf8(text))
                .addAllInterpreter(List.of(interpreter)));
  }

  Path directory(String execId) {
    return files.directory(execId);
  }

  Runnerd.End awaitEnd() {
    ended = true;
    return runnerd.awaitEnd();
  }

  @Override
  public void close() {
    if (!ended) {
      ended = true;
      runnerd.stop("test over");
      runnerd.awaitEnd();
    }
  }
}
