package dev.gra.e2e.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gra.v1.Attach;
import dev.gra.v1.CloseOutput;
import dev.gra.v1.Detach;
import dev.gra.v1.Detached;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse.FrameCase;
import dev.gra.v1.OutputMode;
import dev.gra.v1.Start;
import dev.gra.v1.Stream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputTest extends ConformanceTest {
  @Test
  void output_and_exit_code_arrive() {
    var outcome = api.run(Api.sh(runner, "echo out; echo err >&2; exit 3")).verified();
    assertThat(outcome.out()).isEqualTo("out\n");
    assertThat(outcome.err()).isEqualTo("err\n");
    assertThat(outcome.exitCode()).isEqualTo(3);
    assertThat(outcome.started.getResumed()).isFalse();
  }

  @Test
  void a_stream_that_ends_is_told_of_while_the_command_goes_on_and_again_after_a_cut() {
    var start =
        Api.sh(runner, "echo out; exec 1>&-; read line; echo \"$line\" >&2")
            .setStdin(true)
            .setOutputEnds(true);
    try (RawExec exec = api.exec().open(start)) {
      assertThat(exec.expect(FrameCase.STARTED).getStarted().getOutputEnds()).isTrue();
      exec.credit(Stream.STREAM_STDOUT, 0, 1000);
      exec.expect(FrameCase.OUTPUT);
      var end = exec.expect(FrameCase.OUTPUT_END).getOutputEnd();
      assertThat(end.getStream()).isEqualTo(Stream.STREAM_STDOUT);
      assertThat(end.getOffset()).isEqualTo(4);
      exec.cut();
    }
    var attach =
        Attach.newBuilder()
            .setExecId(start.getExecId())
            .setRunner(start.getRunner())
            .setRunnerUid(start.getRunnerUid())
            .setWriter(true)
            .setOutputEnds(true);
    attach.getCursorsBuilder().setStdout(4);
    try (RawExec exec = api.exec().open(attach)) {
      exec.expect(FrameCase.STARTED);
      assertThat(exec.expect(FrameCase.OUTPUT_END).getOutputEnd().getOffset()).isEqualTo(4);
      exec.stdin(0, "on\n".getBytes(UTF_8));
      var outcome = exec.readAll();
      assertThat(outcome.err()).isEqualTo("on\n");
      assertThat(outcome.exitCode()).isZero();
      assertThat(outcome.ended.getStdout().getBytes()).isEqualTo(4);
    }
  }

  @Test
  void a_silent_command_has_empty_totals() {
    var outcome = api.run(Api.start(runner, "true")).verified();
    assertThat(outcome.bytes).containsExactly(0, 0);
    assertThat(outcome.exitCode()).isZero();
  }

  @Test
  void bytes_are_not_text() {
    var outcome = api.run(Api.sh(runner, "printf '\\000\\377\\376x\\000'")).verified();
    assertThat(outcome.stdout.toByteArray()).containsExactly(0, -1, -2, 'x', 0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 32_767, 32_768, 32_769, 5_000_000, 1L << 30})
  void random_output_of_any_size_arrives_whole(long size) {
    try (RawExec exec = api.exec().keepingNothing()) {
      var outcome =
          exec.open(
                  Api.sh(
                      runner,
                      "head -c " + size + " /dev/urandom | tee /dev/stderr | sha256sum >sum-out"))
              .readAll()
              .verified();
      assertThat(outcome.bytes).containsExactly(0, size);
    }
  }

  @Test
  void both_streams_keep_their_own_order() {
    var outcome =
        api.run(
                Api.sh(
                    runner,
                    "i=0; while [ $i -lt 5000 ]; do echo o$i; echo e$i >&2; i=$((i+1)); done"))
            .verified();
    StringBuilder out = new StringBuilder();
    StringBuilder err = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      out.append('o').append(i).append('\n');
      err.append('e').append(i).append('\n');
    }
    assertThat(outcome.out()).isEqualTo(out.toString());
    assertThat(outcome.err()).isEqualTo(err.toString());
  }

  @Test
  void nothing_is_sent_without_credit_and_just_as_much_as_credit_allows() throws Exception {
    try (RawExec exec = api.exec()) {
      exec.open(Api.sh(runner, "head -c 100000 /dev/zero")).expect(FrameCase.STARTED);
      assertThat(exec.quietFor(Duration.ofMillis(500))).isTrue();
      exec.credit(Stream.STREAM_STDOUT, 0, 10);
      var output = exec.expect(FrameCase.OUTPUT).getOutput();
      assertThat(output.getOffset()).isZero();
      assertThat(output.getData().size()).isEqualTo(10);
      assertThat(exec.quietFor(Duration.ofMillis(300))).isTrue();
    }
  }

  @Test
  void a_reader_that_stops_makes_only_its_own_command_wait() throws Exception {
    try (RawExec slow = api.exec()) {
      slow.open(Api.sh(runner, "yes | head -c 300000000; echo done >finished"))
          .expect(FrameCase.STARTED);
      slow.credit(Stream.STREAM_STDOUT, 0, 100_000);
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<RawExec.Outcome>> others = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          others.add(
              threads.submit(
                  () -> api.run(Api.sh(runner, "head -c 3000000 /dev/urandom")).verified()));
        }
        for (var other : others) {
          assertThat(other.get().bytes[0]).isEqualTo(3_000_000);
        }
      }
      assertThat(api.run(Api.sh(runner, "test -e finished")).exitCode()).isEqualTo(1);
    }
  }

  @Test
  void two_hundred_commands_at_once_each_get_their_own_output() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<RawExec.Outcome>> all = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        String line = "echo " + i + "; head -c 100000 /dev/zero; exit " + i % 100;
        all.add(threads.submit(() -> api.run(Api.sh(runner, line)).verified()));
      }
      for (int i = 0; i < 200; i++) {
        var outcome = all.get(i).get();
        assertThat(outcome.out()).startsWith(i + "\n");
        assertThat(outcome.exitCode()).isEqualTo(i % 100);
      }
    }
  }

  @Test
  void a_cut_reader_goes_on_at_its_cursor() {
    Start.Builder start =
        Api.sh(runner, "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done");
    var first = new RawExec.Outcome();
    try (RawExec exec = api.exec()) {
      exec.open(start).credit(Stream.STREAM_STDOUT, 0, 50_000);
      while (first.bytes[0] < 50_000) {
        readOutputOnly(exec, first);
      }
      exec.cut();
    }
    try (RawExec exec = api.exec()) {
      var rest = exec.open(attach(start, first.bytes[0], true)).readAll();
      String whole = first.out() + rest.out();
      assertThat(whole).startsWith("line 0\n").endsWith("line 19999\n");
      assertThat(whole.lines()).hasSize(20000);
      assertThat(rest.started.getResumed()).isTrue();
      assertThat(rest.ended.getStdout().getBytes()).isEqualTo(whole.length());
    }
  }

  private static void readOutputOnly(RawExec exec, RawExec.Outcome outcome) {
    var response = exec.next();
    if (response.hasOutput()) {
      byte[] data = response.getOutput().getData().toByteArray();
      outcome.bytes[0] += data.length;
      outcome.stdout.writeBytes(data);
    }
  }

  @Test
  void an_ended_command_s_output_and_ending_are_there_for_a_later_attach() {
    Start.Builder start = Api.sh(runner, "echo kept; exit 7");
    try (RawExec exec = api.exec()) {
      exec.open(start).expect(FrameCase.STARTED);
    }
    try (RawExec exec = api.exec()) {
      var outcome = exec.open(attach(start, 0, true)).readAll().verified();
      assertThat(outcome.out()).isEqualTo("kept\n");
      assertThat(outcome.exitCode()).isEqualTo(7);
    }
    try (RawExec exec = api.exec()) {
      var outcome = exec.open(attach(start, 0, false)).readAll().verified();
      assertThat(outcome.out()).isEqualTo("kept\n");
    }
  }

  @Test
  void an_observer_reads_along_and_never_makes_the_command_wait() {
    Start.Builder start = Api.sh(runner, "head -c 150000000 /dev/zero; echo end");
    try (RawExec writer = api.exec().keepingNothing();
        RawExec observer = api.exec()) {
      writer.open(start).expect(FrameCase.STARTED);
      observer.open(attach(start, 0, false)).expect(FrameCase.STARTED);
      var whole = writer.readAll().verified();
      assertThat(whole.bytes[0]).isEqualTo(150_000_004);
      var seen = observer.keepingNothing().readAll();
      long missed = seen.gaps.stream().mapToLong(gap -> gap.getTo() - gap.getFrom()).sum();
      assertThat(seen.bytes[0] + missed).isEqualTo(150_000_004);
      assertThat(missed).as("the spool is smaller than the output").isPositive();
    }
  }

  @Test
  void a_new_writer_supersedes_the_old_which_is_told() {
    Start.Builder start = Api.sh(runner, "read line; echo got $line").setStdin(true);
    try (RawExec first = api.exec();
        RawExec second = api.exec()) {
      first.open(start).expect(FrameCase.STARTED);
      second.open(attach(start, 0, true)).expect(FrameCase.STARTED);
      assertThat(first.expect(FrameCase.DETACHED).getDetached().getReason())
          .isEqualTo(Detached.Reason.REASON_SUPERSEDED);
      second.stdin(0, "me\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)).stdinEnd(3);
      assertThat(second.readAll().verified().out()).isEqualTo("got me\n");
    }
  }

  @Test
  void a_detached_ring_command_logs_without_end_and_a_late_reader_is_told_the_gap() {
    Start.Builder start =
        Api.sh(runner, "head -c 200000000 /dev/zero; touch past; sleep 100")
            .setOutputMode(OutputMode.OUTPUT_MODE_RING);
    try (RawExec exec = api.exec()) {
      exec.open(start).expect(FrameCase.STARTED);
      exec.send(ExecRequest.newBuilder().setDetach(Detach.getDefaultInstance()));
      assertThat(exec.expect(FrameCase.DETACHED).getDetached().getReason())
          .isEqualTo(Detached.Reason.REASON_REQUESTED);
    }
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> api.run(Api.sh(runner, "test -e past")).exitCode() == 0);
    try (RawExec exec = api.exec().keepingNothing()) {
      var outcome = new RawExec.Outcome();
      exec.open(attach(start, 0, true));
      exec.credit(Stream.STREAM_STDOUT, 0, 1 << 20).credit(Stream.STREAM_STDERR, 0, 1 << 20);
      while (outcome.gaps.isEmpty()
          || outcome.bytes[0] + outcome.gaps.getFirst().getTo() < 200_000_000) {
        exec.read(outcome);
      }
      assertThat(outcome.gaps).hasSize(1);
      assertThat(outcome.gaps.getFirst().getFrom()).isZero();
      exec.send(ExecRequest.newBuilder().setCancel(dev.gra.v1.Cancel.newBuilder().setBy("test")));
      exec.readUntilEnded(outcome);
      assertThat(outcome.ended.getEnding().getCancelled().getBy()).isEqualTo("test");
    }
  }

  @Test
  void closing_an_output_ends_a_command_that_writes_on() {
    try (RawExec exec = api.exec()) {
      exec.open(Api.start(runner, "yes")).credit(Stream.STREAM_STDOUT, 0, 1000);
      exec.expect(FrameCase.STARTED);
      exec.expect(FrameCase.OUTPUT);
      exec.send(
          ExecRequest.newBuilder()
              .setCloseOutput(CloseOutput.newBuilder().setStream(Stream.STREAM_STDOUT)));
      exec.credit(Stream.STREAM_STDERR, 0, 1000);
      var ended = exec.next();
      while (!ended.hasEnded()) {
        ended = exec.next();
      }
      assertThat(ended.getEnded().getEnding().getSignalled().getSignal())
          .as("SIGPIPE")
          .isEqualTo(13);
    }
  }

  static Attach.Builder attach(Start.Builder start, long stdout, boolean writer) {
    return Attach.newBuilder()
        .setExecId(start.getExecId())
        .setRunner(start.getRunner())
        .setRunnerUid(start.getRunnerUid())
        .setCursors(dev.gra.v1.Cursors.newBuilder().setStdout(stdout))
        .setWriter(writer);
  }
}
