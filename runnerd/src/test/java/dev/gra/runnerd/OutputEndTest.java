package dev.gra.runnerd;

import static dev.gra.runnerd.Daemon.shell;
import static dev.gra.v1.Stream.STREAM_STDERR;
import static dev.gra.v1.Stream.STREAM_STDOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gra.protocol.ClientExec;
import dev.gra.v1.Attach;
import dev.gra.v1.Start;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of an output stream while its command goes on. */
class OutputEndTest extends DaemonTest {
  private static final String CLOSES = "echo out; exec >&-; read line; echo $line >&2";
  private static final ClientExec.OutputOver END = new ClientExec.OutputOver(STREAM_STDOUT, 4);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void it_is_told_and_both_other_streams_go_on(boolean light) throws Exception {
    TestExec exec = link.start(shell(CLOSES).setStdin(true).setLight(light).build());
    assertThat(exec.awaitStarted().getOutputEnds()).isTrue();
    await().until(() -> exec.outputsOver().contains(END));
    assertThat(exec.stdoutText()).isEqualTo("out\n");
    exec.stdin("on\n");
    assertThat(exec.verified().getEnding().getExited().getCode()).isZero();
    assertThat(exec.stderr()).asString().isEqualTo("on\n");
    assertThat(exec.outputsOver()).containsExactly(END);
  }

  @Test
  void it_is_told_again_to_whoever_comes_later() throws Exception {
    Start start = shell(CLOSES).setStdin(true).build();
    TestExec first = link.start(start);
    await().until(() -> first.outputsOver().contains(END));
    first.vanish();
    Attach attach =
        Attach.newBuilder()
            .setExecId(start.getExecId())
            .setRunnerUid(start.getRunnerUid())
            .setWriter(true)
            .build();
    TestExec second = link.attach(attach);
    await().until(() -> second.outputsOver().contains(END));
    second.stdin("on\n");
    second.verified();
  }

  @Test
  void it_waits_for_every_process_that_has_the_stream_and_for_every_byte() throws Exception {
    String script =
        """
        exec 3<&0; (read line <&3; echo $line) & exec >&-
        wait; head -c 3000000 /dev/zero >&2; exec 2>&-
        read end""";
    TestExec exec = link.startHeld(shell(script).setStdin(true).build(), 1 << 20).counting();
    exec.awaitStarted();
    exec.stdin("late\n");
    await().until(() -> exec.outputsOver().contains(new ClientExec.OutputOver(STREAM_STDOUT, 5)));
    await().until(() -> exec.received() == 5 + (1 << 20));
    assertThat(exec.outputsOver()).hasSize(1);
    exec.resume();
    await()
        .until(
            () -> exec.outputsOver().contains(new ClientExec.OutputOver(STREAM_STDERR, 3_000_000)));
    exec.stdin("\n");
    exec.verified();
  }

  @Test
  void a_command_that_just_ends_is_told_of_by_its_ending_alone() throws Exception {
    int told = 0;
    for (int i = 0; i < 50; i++) {
      TestExec exec = link.start(shell("echo out").build());
      exec.verified();
      told += exec.outputsOver().size();
    }
    // A machine that stalls between a process' last two moments makes one of it.
    assertThat(told).isLessThan(5);
  }

  @Test
  void a_grad_that_does_not_know_it_is_not_told() throws Exception {
    try (TestLink older = TestLink.plain(daemon.socket)) {
      TestExec exec = older.start(shell(CLOSES).setStdin(true).build());
      assertThat(exec.awaitStarted().getOutputEnds()).isFalse();
      exec.stdin("on\n");
      exec.verified();
      assertThat(exec.outputsOver()).isEmpty();
    }
  }
}
