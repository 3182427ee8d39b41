package dev.gra.runnerd;

import static dev.gra.runnerd.Daemon.command;
import static dev.gra.runnerd.Daemon.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import dev.gra.v1.Ended;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StdinTest extends DaemonTest {
  @Test
  void without_stdin_the_command_reads_its_end() throws Exception {
    TestExec exec = link.start(command("cat").build());
    assertThat(exec.verified().getEnding().hasExited()).isTrue();
    assertThat(exec.awaitStarted().getStdinClosed()).isTrue();
  }

  @Test
  void megabytes_of_stdin_arrive_whole() throws Exception {
    byte[] bytes = new byte[64 << 20];
    new Random(2).nextBytes(bytes);
    TestExec exec = link.start(command("sha256sum").setStdin(true).build());
    assertThat(exec.feed(new ByteArrayInputStream(bytes))).isTrue();
    Ended ended = exec.verified();
    String sha = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    assertThat(exec.stdoutText()).isEqualTo(sha + "  -\n");
    assertThat(ended.getStdin().getBytes()).isEqualTo(bytes.length);
  }

  @Test
  void what_comes_in_goes_out_while_it_comes() throws Exception {
    byte[] bytes = new byte[20 << 20];
    new Random(3).nextBytes(bytes);
    TestExec exec = link.start(command("cat").setStdin(true).build());
    assertThat(exec.feed(new ByteArrayInputStream(bytes))).isTrue();
    Ended ended = exec.verified();
    assertThat(exec.stdout()).isEqualTo(bytes);
    assertThat(ended.getStdin().getCrc32C()).isEqualTo(ended.getStdout().getCrc32C());
  }

  @Test
  void a_command_that_does_not_read_stdin_is_not_hindered_by_it() throws Exception {
    TestExec exec = link.start(shell("sleep 0.3; echo ok").setStdin(true).build());
    assertThat(exec.feed(zeros())).isFalse();
    Ended ended = exec.verified();
    assertThat(ended.getEnding().getExited().getCode()).isZero();
    assertThat(exec.stdoutText()).isEqualTo("ok\n");
    assertThat(ended.getStdin().getBytes()).isLessThan(256 * 1024);
  }

  @Test
  void a_command_that_closes_its_stdin_tells_its_writer_at_once() throws Exception {
    TestExec exec = link.start(shell("exec <&-; echo closed; sleep 30").setStdin(true).build());
    await().until(exec::stdinIsOver);
    assertThat(exec.isOver()).isFalse();
    exec.cancel("test");
    exec.ended();
  }

  @Test
  void yes_into_head_ends() throws Exception {
    TestExec exec = link.start(command("head", "-n", "1").setStdin(true).build());
    assertThat(exec.feed(lines())).isFalse();
    exec.verified();
    assertThat(exec.stdoutText()).isEqualTo("y\n");
  }

  @Test
  void the_end_of_stdin_may_come_at_once() throws Exception {
    TestExec exec = link.start(command("wc", "-c").setStdin(true).build());
    assertThat(exec.feed(InputStream.nullInputStream())).isTrue();
    exec.verified();
    assertThat(exec.stdoutText()).isEqualTo("0\n");
  }

  @Test
  void unfinished_stdin_whose_source_does_not_come_back_is_lost_not_ended() throws Exception {
    var start =
        command("cat").setStdin(true).setOrphanAfter(Duration.newBuilder().setSeconds(1)).build();
    TestExec exec = link.start(start);
    exec.awaitStarted();
    exec.stdin("half");
    exec.vanish();
    await().until(() -> Queries.get(link, start.getExecId()).hasEnded());
    Ended ended = Queries.get(link, start.getExecId()).getEnded();
    assertThat(ended.getEnding().hasStdinLost()).isTrue();
  }

  @Test
  void a_writer_that_comes_back_goes_on_where_the_runner_is() throws Exception {
    var start = command("cat").setStdin(true).build();
    TestExec first = link.start(start);
    first.awaitStarted();
    first.stdin("abc");
    await().until(() -> first.received() == 3);
    first.vanish();
    TestExec second = link.attach(Queries.attach(start.getExecId()).setWriter(true).build());
    assertThat(second.awaitStarted().getStdinAccepted()).isEqualTo(3);
    second.feed(new ByteArrayInputStream("def".getBytes(StandardCharsets.UTF_8)));
    second.verified();
    assertThat(second.stdoutText()).isEqualTo("abcdef");
  }

  private static InputStream zeros() {
    return new InputStream() {
      @Override
      public int read() {
        return 0;
      }

      @Override
      public int read(byte[] target, int offset, int length) {
        return length;
      }
    };
  }

  private static InputStream lines() {
    return new InputStream() {
      @Override
      public int read() {
        return 'y';
      }

      @Override
      public int read(byte[] target, int offset, int length) {
        target[offset] = 'y';
        target[offset + 1] = '\n';
        return 2;
      }
    };
  }
}
