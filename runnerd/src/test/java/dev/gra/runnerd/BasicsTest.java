package dev.gra.runnerd;

import static dev.gra.runnerd.Daemon.command;
import static dev.gra.runnerd.Daemon.shell;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gra.v1.Ended;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BasicsTest {
  @TempDir Path directory;

  private Daemon daemon;
  private TestLink link;

  @BeforeEach
  void start() throws Exception {
    daemon = Daemon.start(directory);
    link = daemon.link();
  }

  @AfterEach
  void stop() throws Exception {
    link.close();
    daemon.close();
  }

  @Test
  void a_command_runs_and_its_output_and_ending_come() throws Exception {
    TestExec exec = link.start(shell("echo out; echo err >&2; exit 7").build());
    Ended ended = exec.verified();
    assertThat(ended.getEnding().getExited().getCode()).isEqualTo(7);
    assertThat(exec.stdout()).asString().isEqualTo("out\n");
    assertThat(exec.stderr()).asString().isEqualTo("err\n");
    assertThat(ended.getStraysKilled()).isZero();
    assertThat(ended.hasStartTime()).isTrue();
  }

  @Test
  void a_command_without_output_ends_with_zero_bytes() throws Exception {
    Ended ended = link.start(command("true").build()).verified();
    assertThat(ended.getEnding().hasExited()).isTrue();
    assertThat(ended.getEnding().getExited().getCode()).isZero();
    assertThat(ended.getStdout().getBytes()).isZero();
  }
}
