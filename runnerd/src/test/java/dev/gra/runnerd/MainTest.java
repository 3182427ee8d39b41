package dev.gra.runnerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gra.v1.Ended;
import dev.gra.v1.Start;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process of its own. */
class MainTest {
  @TempDir Path directory;

  private Process process;

  @AfterEach
  void stop() throws Exception {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void asked_to_stop_it_cancels_what_runs_and_exits_zero() throws Exception {
    start("never");
    try (TestLink link = TestLink.connect(socket())) {
      TestExec exec = link.start(Daemon.command("sleep", "300").build());
      exec.awaitStarted();
      process.destroy();
      Ended ended = exec.verified();
      assertThat(ended.getEnding().getCancelled().getBy()).isEqualTo("runner deleted");
    }
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(directory.resolve("state/finished")).doesNotExist();
  }

  @Test
  void idle_it_exits_zero_and_says_so() throws Exception {
    start("1");
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(directory.resolve("state/finished")).exists();
  }

  @Test
  void killed_and_started_again_it_ends_what_was_left_and_says_that_it_is_lost() throws Exception {
    start("never");
    Start start =
        Daemon.shell("setsid sleep 300 & echo $! >pids; echo $$ >>pids; echo so far; wait").build();
    try (TestLink link = TestLink.connect(socket())) {
      TestExec exec = link.start(start);
      await().until(() -> exec.received() > 0);
      process.destroyForcibly().waitFor();
    }
    start("never");
    List<String> pids = Files.readAllLines(directory.resolve("workspace/pids"));
    assertThat(pids).hasSize(2);
    await().until(() -> pids.stream().noneMatch(MainTest::lives));
    try (TestLink link = TestLink.connect(socket())) {
      TestExec again = link.start(start);
      assertThat(again.ended().getEnding().getRunnerLost().getWhy()).isEqualTo("runnerd restarted");
      assertThat(again.stdoutText()).isEqualTo("so far\n");
    }
  }

  @Test
  void wrong_usage_exits_two() throws Exception {
    process = new ProcessBuilder(command(List.of())).redirectErrorStream(true).start();
    String said =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(said).contains("--socket is missing").contains("Usage: runnerd");
  }

  private void start(String idleTimeout) throws IOException {
    Files.createDirectories(directory.resolve("workspace"));
    List<String> options =
        List.of(
            "--socket",
            socket().toString(),
            "--state",
            directory.resolve("state").toString(),
            "--workspace",
            directory.resolve("workspace").toString(),
            "--runner-uid",
            Daemon.UID,
            "--idle-timeout",
            idleTimeout);
    Path log = Files.createTempFile(directory, "log", "");
    process =
        new ProcessBuilder(command(options))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    await().until(() -> Files.readString(log).contains("ready"));
  }

  private Path socket() {
    return directory.resolve("s");
  }

  private static List<String> command(List<String> options) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(options);
    return command;
  }

  private static boolean lives(String pid) {
    try {
      return !Files.readString(Path.of("/proc", pid, "status")).contains("State:\tZ");
    } catch (IOException e) {
      return false;
    }
  }
}
