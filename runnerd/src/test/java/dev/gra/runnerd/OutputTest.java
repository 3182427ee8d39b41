package dev.gra.runnerd;

import static dev.gra.runnerd.Daemon.command;
import static dev.gra.runnerd.Daemon.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gra.protocol.ClientExec;
import dev.gra.protocol.Verification;
import dev.gra.runnerd.journal.JournalFiles;
import dev.gra.runnerd.spool.FullDisk;
import dev.gra.v1.Attach;
import dev.gra.v1.Ended;
import dev.gra.v1.OutputMode;
import dev.gra.v1.Start;
import dev.gra.v1.Stream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutputTest extends DaemonTest {
  private static final int MIB = 1 << 20;

  @Test
  void both_streams_and_the_exit_status_come() throws Exception {
    TestExec exec = link.start(shell("echo out; echo err >&2; exit 7").build());
    Ended ended = exec.verified();
    assertThat(ended.getEnding().getExited().getCode()).isEqualTo(7);
    assertThat(exec.stdoutText()).isEqualTo("out\n");
    assertThat(exec.stderr()).asString().isEqualTo("err\n");
    assertThat(ended.getStraysKilled()).isZero();
    assertThat(ended.hasStartTime()).isTrue();
    assertThat(ended.getPartial()).isFalse();
  }

  @Test
  void no_byte_and_one_byte_are_told_exactly() throws Exception {
    assertThat(link.start(command("true").build()).verified().getStdout().getBytes()).isZero();
    TestExec one = link.start(command("printf", "x").build());
    assertThat(one.verified().getStdout().getBytes()).isEqualTo(1);
    assertThat(one.stdoutText()).isEqualTo("x");
  }

  @Test
  void bytes_that_are_no_text_come_as_they_are() throws Exception {
    TestExec exec = link.start(command("printf", "\\000\\377\\303(\\r\\n\\000no newline").build());
    exec.verified();
    assertThat(exec.stdout())
        .isEqualTo("\0\u00ff\u00c3(\r\n\0no newline".getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void megabytes_of_random_bytes_come_whole() throws Exception {
    byte[] bytes = new byte[64 * MIB];
    new Random(1).nextBytes(bytes);
    Files.write(daemon.settings.workspace().resolve("random"), bytes);
    TestExec exec = link.start(command("cat", "random").build());
    exec.verified();
    assertThat(Arrays.equals(exec.stdout(), bytes)).isTrue();
  }

  @Test
  void more_than_the_spool_holds_comes_whole() throws Exception {
    TestExec exec = link.start(shell("head -c 200000000 /dev/urandom").build()).counting();
    assertThat(exec.verified().getStdout().getBytes()).isEqualTo(200_000_000);
  }

  @Test
  void both_streams_at_once_keep_their_orders() throws Exception {
    TestExec exec =
        link.start(shell("for i in $(seq 20000); do echo o$i; echo e$i >&2; done").build());
    exec.verified();
    StringBuilder out = new StringBuilder();
    StringBuilder err = new StringBuilder();
    for (int i = 1; i <= 20_000; i++) {
      out.append('o').append(i).append('\n');
      err.append('e').append(i).append('\n');
    }
    assertThat(exec.stdoutText()).isEqualTo(out.toString());
    assertThat(exec.stderr()).asString().isEqualTo(err.toString());
  }

  @Test
  void a_command_that_closes_its_stdout_early_runs_on() throws Exception {
    TestExec exec = link.start(shell("echo a; exec >&-; echo b >&2; sleep 0.2; exit 3").build());
    assertThat(exec.verified().getEnding().getExited().getCode()).isEqualTo(3);
    assertThat(exec.stdoutText()).isEqualTo("a\n");
    assertThat(exec.stderr()).asString().isEqualTo("b\n");
  }

  @Test
  void a_stream_that_nobody_wants_breaks_the_pipe() throws Exception {
    TestExec exec = link.start(command("yes").build()).counting();
    await().until(() -> exec.received() > 0);
    exec.closeOutput(Stream.STREAM_STDOUT);
    Ended ended = exec.ended();
    assertThat(ended.getEnding().getSignalled().getSignal()).isEqualTo(13);
    assertThat(ended.getStdout().getBytes()).isPositive();
  }

  @Test
  void a_command_waits_for_its_reader_and_loses_nothing() throws Exception {
    Start start = shell("head -c 150000000 /dev/zero; echo done >&2").build();
    TestExec exec = link.startHeld(start, 1 << 20).counting();
    exec.awaitStarted();
    long spool = daemon.settings.spoolBytes();
    await().until(() -> Files.exists(daemon.directory(start.getExecId()).resolve("stdout")));
    await().until(() -> Files.size(daemon.directory(start.getExecId()).resolve("stdout")) == spool);
    assertThat(exec.isOver()).isFalse();
    assertThat(exec.received()).isEqualTo(1 << 20);
    exec.resume();
    assertThat(exec.verified().getStdout().getBytes()).isEqualTo(150_000_000);
  }

  @Test
  void what_a_command_left_in_the_pipe_waits_for_its_reader_after_its_end() throws Exception {
    long spool = daemon.settings.spoolBytes();
    Start start = shell("head -c " + (spool + 40_000) + " /dev/zero").build();
    TestExec exec = link.startHeld(start, 1 << 20).counting();
    exec.awaitStarted();
    await()
        .pollDelay(java.time.Duration.ofSeconds(2))
        .until(() -> Files.size(daemon.directory(start.getExecId()).resolve("stdout")) == spool);
    assertThat(exec.isOver()).isFalse();
    exec.resume();
    assertThat(exec.verified().getStdout().getBytes()).isEqualTo(spool + 40_000);
  }

  @Test
  void a_slow_reader_does_not_hinder_others() throws Exception {
    TestExec slow = link.startHeld(command("yes").build(), 1 << 20).counting();
    slow.awaitStarted();
    for (int i = 0; i < 20; i++) {
      TestExec other = link.start(shell("head -c 3000000 /dev/urandom").build()).counting();
      assertThat(other.verified().getStdout().getBytes()).isEqualTo(3_000_000);
    }
    assertThat(slow.received()).isEqualTo(1 << 20);
    slow.cancel("test");
    slow.resume();
    assertThat(slow.ended().getEnding().getCancelled().getBy()).isEqualTo("test");
  }

  @Test
  void a_ring_drops_the_oldest_and_says_so() throws Exception {
    Start start = shell("seq 1 20000000").setOutputMode(OutputMode.OUTPUT_MODE_RING).build();
    TestExec exec = link.startHeld(start, 1 << 20);
    await().atMost(java.time.Duration.ofSeconds(60)).until(() -> endedOutside(start.getExecId()));
    exec.resume();
    Ended ended = exec.over().ended();
    assertThat(exec.over().verification()).isEqualTo(Verification.UNVERIFIED);
    long total = ended.getStdout().getBytes();
    assertThat(total).isEqualTo(168_888_897L);
    assertThat(exec.gaps()).hasSize(1);
    ClientExec.Missing gap = exec.gaps().getFirst();
    assertThat(gap.from()).isEqualTo(1 << 20);
    assertThat(gap.to()).isEqualTo(total - daemon.settings.spoolBytes());
    assertThat(exec.received()).isEqualTo(total - (gap.to() - gap.from()));
    assertThat(exec.stdoutText()).endsWith("19999999\n20000000\n");
  }

  @Test
  void an_observer_gets_a_gap_rather_than_making_the_command_wait() throws Exception {
    stop();
    daemon = Daemon.start(Daemon.withSpool(Daemon.settings(directory), 512 * 1024));
    link = daemon.link();
    Start start = shell("read go; head -c 3000000 /dev/zero").setStdin(true).build();
    TestExec writer = link.start(start).counting();
    writer.awaitStarted();
    Attach attach =
        Attach.newBuilder()
            .setExecId(start.getExecId())
            .setRunner("r")
            .setRunnerUid(Daemon.UID)
            .build();
    TestExec observer =
        new TestExec(link, ClientExec.attach(attach, false, 64 * 1024), false).connect();
    assertThat(observer.awaitStarted().getResumed()).isTrue();
    writer.feed(new java.io.ByteArrayInputStream("go\n".getBytes(StandardCharsets.UTF_8)));
    assertThat(writer.verified().getStdout().getBytes()).isEqualTo(3_000_000);
    observer.resume();
    observer.ended();
    assertThat(observer.gaps()).isNotEmpty();
  }

  @Test
  void a_full_disk_ends_the_command_as_output_limit() throws Exception {
    stop();
    daemon =
        Daemon.start(
            Daemon.settings(directory),
            new JournalFiles(directory.resolve("state")),
            _ -> new FullDisk(100_000),
            InstantSource.system());
    link = daemon.link();
    TestExec exec = link.start(command("yes").build());
    Ended ended = exec.ended();
    assertThat(ended.getEnding().hasOutputLimit()).as("%s", ended).isTrue();
    assertThat(ended.getEnding().getOutputLimit().getWhy()).contains("No space left on device");
    assertThat(ended.getPartial()).isTrue();
    assertThat(ended.getStdout().getBytes()).isEqualTo(100_000);
    assertThat(exec.received()).isEqualTo(100_000);
  }

  @Test
  void output_that_could_not_be_kept_is_told_even_if_the_command_ended_well() throws Exception {
    stop();
    daemon =
        Daemon.start(
            Daemon.settings(directory),
            new JournalFiles(directory.resolve("state")),
            _ -> new FullDisk(10),
            InstantSource.system());
    link = daemon.link();
    Ended ended = link.start(command("echo", "more than ten bytes").build()).ended();
    assertThat(ended.getEnding().hasOutputLimit()).isTrue();
  }

  @Test
  void a_background_holder_of_stdout_does_not_hold_the_ending() throws Exception {
    long before = System.nanoTime();
    TestExec exec = link.start(shell("echo a; (sleep 60; echo late) & exit 0").build());
    Ended ended = exec.verified();
    assertThat(exec.stdoutText()).isEqualTo("a\n");
    assertThat(ended.getStraysKilled()).isEqualTo(2);
    assertThat(System.nanoTime() - before).isLessThan(5_000_000_000L);
  }

  private boolean endedOutside(String execId) throws Exception {
    return Queries.get(link, execId).hasEnded();
  }
}
