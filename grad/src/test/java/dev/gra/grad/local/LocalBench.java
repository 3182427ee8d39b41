package dev.gra.grad.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gra.grad.runner.IdleTimeout;
import dev.gra.grad.runner.Preset;
import dev.gra.grad.runner.Runner;
import dev.gra.grad.runner.RunnerRuntime;
import dev.gra.grad.runner.RunnerUid;
import dev.gra.grad.runner.SpecDefaults;
import dev.gra.link.v1.Hello;
import dev.gra.link.v1.LinkRequest;
import dev.gra.link.v1.LinkResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A state directory of a test's own, a stand-in for runnerd, and views behind the scenes. */
final class LocalBench implements AutoCloseable {
  private final Path directory;
  private final Path home;
  private final IsolationChoice isolation;
  private final Map<String, String> environment = new TreeMap<>(System.getenv());
  private final List<String> arguments = new ArrayList<>();
  private NetworkChoice network = NetworkChoice.HOST;
  private int maxRunners = LocalSettings.DEFAULT_MAX_RUNNERS;

  LocalBench(IsolationChoice isolation) throws IOException {
    this(isolation, "home");
  }

  LocalBench(IsolationChoice isolation, String home) throws IOException {
    this.isolation = isolation;
    directory = Files.createTempDirectory("gra-local-test");
    this.home = directory.resolve(home);
    var bin = Files.createDirectories(directory.resolve("runnerd/bin"));
    try (var script = LocalBench.class.getResourceAsStream("stand-in-runnerd.py")) {
      Files.copy(script, bin.resolve("runnerd"));
    }
    Files.setPosixFilePermissions(
        bin.resolve("runnerd"), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  LocalBench with(String... runnerdArguments) {
    arguments.clear();
    arguments.addAll(List.of(runnerdArguments));
    return this;
  }

  LocalBench network(NetworkChoice choice) {
    network = choice;
    return this;
  }

  LocalBench maxRunners(int max) {
    maxRunners = max;
    return this;
  }

  LocalBench environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  Path home() {
    return home;
  }

  Path directory() {
    return directory;
  }

  LocalSettings settings() {
    return settings(isolation);
  }

  /** For another grad on the same state directory. */
  LocalSettings settings(IsolationChoice choice) {
    return new LocalSettings(
        home,
        directory.resolve("runnerd"),
        choice,
        network,
        new SpecDefaults(Preset.SMALL, "", IdleTimeout.NEVER),
        maxRunners,
        environment,
        arguments);
  }

  LocalRuntime open() {
    return LocalRuntime.open(settings());
  }

  RunnerDirectory directory(Runner runner) {
    return new RunnerDirectory(home.resolve("runners").resolve(runner.uid().value()), runner.uid());
  }

  /** All processes of the runner, seen from outside. */
  static List<ProcessIdentity> processes(RunnerUid uid) {
    return ProcessTable.marked(RunnerEnvironment.mark(uid));
  }

  /** Kills the runnerd itself, not what holds it. */
  void killRunnerd(Runner runner) {
    var all = processes(runner.uid());
    assertThat(all).isNotEmpty();
    all.stream()
        .filter(process -> command(process).contains("--runner-uid"))
        .filter(process -> !command(process).contains("--unshare-pid"))
        .forEach(process -> process.handle().ifPresent(ProcessHandle::destroyForcibly));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> all.stream().noneMatch(ProcessIdentity::alive));
  }

  private static String command(ProcessIdentity process) {
    try {
      return Files.readString(
          Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException _) {
      return "";
    }
  }

  /** Runs a shell script in the runner and gives all that it wrote. */
  static String sh(RunnerRuntime runtime, Runner runner, String script) throws IOException {
    try (var channel = runtime.connect(runner)) {
      var out = Channels.newOutputStream(channel);
      var in = Channels.newInputStream(channel);
      greet(in, out);
      var bytes = script.getBytes(StandardCharsets.UTF_8);
      var coded = com.google.protobuf.CodedOutputStream.newInstance(out);
      coded.writeByteArrayNoTag(bytes);
      coded.flush();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }

  private static void greet(InputStream in, OutputStream out) throws IOException {
    LinkRequest.newBuilder()
        .setHello(Hello.newBuilder().setMinVersion(1).setMaxVersion(1))
        .build()
        .writeDelimitedTo(out);
    assertThat(LinkResponse.parseDelimitedFrom(in).hasHello()).isTrue();
  }

  void assertNothingLeft() throws IOException {
    try (var runners = Files.list(home.resolve("runners"))) {
      assertThat(runners).isEmpty();
    }
    assertThat(strays()).isEmpty();
    var sockets = Sockets.of(home, environment);
    sockets.close();
    assertThat(sockets.links()).doesNotExist();
  }

  /** Processes that have this bench's directory on their command line. */
  private List<String> strays() {
    return ProcessHandle.allProcesses()
        .flatMap(process -> ProcessIdentity.of(process.pid()).stream())
        .map(LocalBench::command)
        .filter(command -> command.contains(directory.toString()) && command.contains("runnerd"))
        .toList();
  }

  @Override
  public void close() throws IOException {
    try (var runners = Files.list(home.resolve("runners"))) {
      for (var runner : runners.toList()) {
        processes(new RunnerUid(runner.getFileName().toString()))
            .forEach(process -> process.handle().ifPresent(ProcessHandle::destroyForcibly));
      }
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> strays().isEmpty());
    Trees.delete(directory);
  }
}
