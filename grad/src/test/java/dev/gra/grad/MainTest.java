package dev.gra.grad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gra.grad.fixture.TestServer;
import dev.gra.v1.ListRunnersRequest;
import dev.gra.v1.RunnerServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** grad as a process. */
class MainTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;
  private final List<Process> started = new ArrayList<>();

  /** The local runtime asks no more of a runnerd until there is a runner. */
  @BeforeEach
  void a_runnerd_that_is_never_run() throws IOException {
    Path program = directory.resolve("runnerd/bin/runnerd");
    Files.createDirectories(program.getParent());
    Files.createFile(
        program,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  @AfterEach
  void stop() throws InterruptedException {
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
  }

  private Process grad(String... args) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("GRA"));
    Process process =
        builder
            .redirectError(directory.resolve("stderr" + started.size()).toFile())
            .redirectOutput(directory.resolve("stdout" + started.size()).toFile())
            .start();
    started.add(process);
    return process;
  }

  private Process local(String... more) throws IOException {
    List<String> args =
        new ArrayList<>(
            List.of(
                "--state-directory",
                state().toString(),
                "--runnerd",
                directory.resolve("runnerd").toString(),
                "--isolation",
                "none"));
    args.addAll(List.of(more));
    return grad(args.toArray(String[]::new));
  }

  private Path state() {
    return directory.resolve("state");
  }

  private Path gradFile() {
    return state().resolve("grad.properties");
  }

  private String stderr(int process) throws IOException {
    return Files.readString(directory.resolve("stderr" + process));
  }

  private static int exit(Process process) throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    return process.exitValue();
  }

  private void awaitReady() {
    await().atMost(PATIENCE).until(() -> Files.exists(gradFile()));
  }

  @Test
  void it_says_where_it_is_and_takes_that_back_when_it_is_told_to_end() throws Exception {
    Process process = local("--otlp-headers", "authorization=topsecret");
    awaitReady();

    var said = new Properties();
    said.load(new StringReader(Files.readString(gradFile())));
    assertThat(said)
        .containsEntry("pid", Long.toString(process.pid()))
        .containsEntry("isolation", "none")
        .containsEntry("stateDirectory", state().toString())
        .containsEntry("tokenFile", state().resolve("token").toString())
        .containsKeys("grpcAddress", "httpAddress", "version");
    for (String secret : List.of("token", "tokens.json", "grad.properties")) {
      assertThat(Files.getPosixFilePermissions(state().resolve(secret)))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
    process.destroy();
    assertThat(exit(process)).isEqualTo(143);
    assertThat(gradFile()).doesNotExist();
    assertThat(stderr(0))
        .contains("\"key\":\"isolation\",\"value\":\"none\",\"from\":\"flag --isolation\"")
        .contains("\"message\":\"ended\"")
        .doesNotContain("topsecret");
    assertThat(stderr(0).lines()).allMatch(line -> line.startsWith("{") && line.endsWith("}"));
  }

  /** Asks with a token that nobody has. */
  private void intrude() throws IOException {
    var said = new Properties();
    said.load(new StringReader(Files.readString(gradFile())));
    ManagedChannel channel =
        OkHttpChannelBuilder.forTarget(said.getProperty("grpcAddress")).usePlaintext().build();
    try {
      var runners =
          TestServer.as(RunnerServiceGrpc.newBlockingStub(channel), "stolen")
              .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThatThrownBy(() -> runners.listRunners(ListRunnersRequest.getDefaultInstance()))
          .hasMessageContaining("nobody has this token");
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void the_audit_log_is_on_stdout_and_whole_when_it_is_told_to_end() throws Exception {
    Process process = local();
    awaitReady();
    intrude();
    process.destroy();
    exit(process);

    assertThat(Files.readAllLines(directory.resolve("stdout0")))
        .singleElement()
        .asString()
        .contains("\"logger\":\"dev.gra.audit\",\"event\":\"call.refused\"")
        .contains("\"reason\":\"WRONG_TOKEN\"")
        .doesNotContain("stolen");
  }

  @Test
  void the_audit_log_goes_to_a_file_or_nowhere_if_asked() throws Exception {
    Path file = directory.resolve("audit.log");
    for (String where : List.of(file.toString(), "off")) {
      Process process = local("--audit-log", where);
      awaitReady();
      intrude();
      process.destroy();
      exit(process);
    }

    assertThat(Files.readAllLines(file)).singleElement().asString().contains("call.refused");
    assertThat(directory.resolve("stdout0")).isEmptyFile();
    assertThat(directory.resolve("stdout1")).isEmptyFile();
  }

  @Test
  void an_audit_log_that_can_t_be_written_is_told_before_anything_runs() throws Exception {
    Path file = directory.resolve("nowhere/audit.log");

    assertThat(exit(local("--audit-log", file.toString()))).isEqualTo(2);
    assertThat(stderr(0)).contains("grad: audit-log: " + file + " can't be written");
    assertThat(gradFile()).doesNotExist();
  }

  @Test
  void it_ends_when_it_has_been_idle_for_long_enough() throws Exception {
    Process process = local("--idle-timeout", "1s");

    assertThat(exit(process)).isZero();
    assertThat(gradFile()).doesNotExist();
    assertThat(stderr(0)).contains("idle for long enough");
  }

  @Test
  void a_second_one_on_the_same_state_refuses_in_one_line() throws Exception {
    local();
    awaitReady();
    Process second = local();

    assertThat(exit(second)).isEqualTo(1);
    assertThat(stderr(1).lines().filter(line -> line.startsWith("grad: ")))
        .singleElement()
        .asString()
        .contains("another grad uses the state directory")
        .contains("Try: ");
    assertThat(gradFile()).exists();
  }

  @Test
  void the_token_survives_restarts() throws Exception {
    exit(local("--idle-timeout", "1s"));
    String token = Files.readString(state().resolve("token"), StandardCharsets.UTF_8);
    exit(local("--idle-timeout", "1s"));

    assertThat(state().resolve("token")).hasContent(token);
  }

  @Test
  void a_wrong_flag_is_a_usage_error_and_help_is_none() throws Exception {
    assertThat(exit(grad("--isolated"))).isEqualTo(2);
    assertThat(stderr(0))
        .isEqualToIgnoringNewLines(
            "grad: unknown flag --isolated; did you mean --isolation? Try: grad --help");
    assertThat(exit(grad("--help"))).isZero();
    assertThat(directory.resolve("stdout1")).content().contains("--idle-timeout");
    assertThat(exit(grad("--version"))).isZero();
    assertThat(directory.resolve("stdout2")).content().startsWith("grad 0.");
  }
}
