package dev.gra.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import dev.gra.v1.Attach;
import dev.gra.v1.CancelExecRequest;
import dev.gra.v1.DeleteRunnerRequest;
import dev.gra.v1.Ending;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse.FrameCase;
import dev.gra.v1.ExecState;
import dev.gra.v1.FailedToStart.Reason;
import dev.gra.v1.GetExecRequest;
import dev.gra.v1.ListExecsRequest;
import dev.gra.v1.Signal;
import dev.gra.v1.Start;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class EndingTest extends ConformanceTest {
  private Ending ending(Start.Builder start) {
    return api.run(start).ended.getEnding();
  }

  @Test
  void exit_137_is_not_a_kill() {
    assertThat(ending(Api.sh(runner, "exit 137")).getExited().getCode()).isEqualTo(137);
    assertThat(ending(Api.sh(runner, "kill -9 $$")).getSignalled().getSignal()).isEqualTo(9);
  }

  @Test
  void what_can_t_start_says_why() {
    assertThat(ending(Api.start(runner, "no-such-command")).getFailedToStart().getReason())
        .isEqualTo(Reason.REASON_NOT_FOUND);
    api.run(Api.sh(runner, "echo text >file; chmod 644 file"));
    assertThat(ending(Api.start(runner, "./file")).getFailedToStart().getReason())
        .isEqualTo(Reason.REASON_NOT_EXECUTABLE);
    assertThat(ending(Api.start(runner, "true").setCwd("nowhere")).getFailedToStart().getReason())
        .isEqualTo(Reason.REASON_BAD_CWD);
  }

  @Test
  void a_command_that_ignores_term_is_ended_at_its_timeout() {
    var start =
        Api.sh(runner, "trap '' TERM; while :; do sleep 0.1; done")
            .setTimeout(Duration.newBuilder().setNanos(500_000_000));
    assertThat(ending(start).getTimedOut().getAfter()).isEqualTo(start.getTimeout());
  }

  @Test
  void signals_reach_the_command() {
    try (RawExec exec = api.exec()) {
      exec.open(
          Api.sh(runner, "trap 'echo int; exit 5' INT; echo ready; while :; do sleep 0.05; done"));
      exec.credit(dev.gra.v1.Stream.STREAM_STDOUT, 0, 1000);
      exec.expect(FrameCase.STARTED);
      exec.expect(FrameCase.OUTPUT);
      exec.send(ExecRequest.newBuilder().setSignal(Signal.newBuilder().setNumber(2)));
      exec.credit(dev.gra.v1.Stream.STREAM_STDERR, 0, 1000);
      assertThat(exec.expect(FrameCase.OUTPUT).getOutput().getData().toStringUtf8())
          .isEqualTo("int\n");
      assertThat(exec.expect(FrameCase.ENDED).getEnded().getEnding().getExited().getCode())
          .isEqualTo(5);
    }
  }

  @Test
  void the_tree_ends_with_its_command() {
    var outcome =
        api.run(
            Api.sh(
                runner,
                "setsid sleep 321 & env -i setsid sleep 321 & (trap '' TERM; sleep 321) & "
                    + "python3 -c 'import http.server; http.server.test(port=0)' >/dev/null 2>&1 & exit 0"));
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.ended.getStraysKilled()).isGreaterThanOrEqualTo(4);
    assertThat(
            api.run(Api.sh(runner, "grep -l 'sleep.32[1]' /proc/[0-9]*/cmdline 2>/dev/null")).out())
        .isEmpty();
  }

  @Test
  void other_execs_are_untouched_when_one_ends() {
    try (RawExec other = api.exec()) {
      other
          .open(Api.sh(runner, "sleep 321 & setsid sleep 322 & sleep 323"))
          .expect(FrameCase.STARTED);
      api.run(Api.sh(runner, "setsid sleep 5 & exit 0"));
      String found =
          api.run(
                  Api.sh(
                      runner,
                      "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -o 'sleep 32[123]' | sort -u"))
              .out();
      assertThat(found.lines()).hasSize(3);
    }
  }

  @Test
  void two_hundred_children_are_ended_too() {
    var outcome =
        api.run(
            Api.sh(runner, "i=0; while [ $i -lt 200 ]; do sleep 300 & i=$((i+1)); done; exit 4"));
    assertThat(outcome.exitCode()).isEqualTo(4);
    assertThat(outcome.ended.getStraysKilled()).isEqualTo(200);
  }

  @Test
  void cancelling_from_outside_ends_it_and_says_who() {
    Start.Builder start = Api.start(runner, "sleep", "300");
    try (RawExec exec = api.exec()) {
      exec.open(start).expect(FrameCase.STARTED);
      var answer =
          api.execs()
              .cancelExec(
                  CancelExecRequest.newBuilder()
                      .setRunner(runner.getName())
                      .setExecId(start.getExecId())
                      .setBy("an operator")
                      .build());
      assertThat(answer.getExec().getEnded().getEnding().getCancelled().getBy())
          .isEqualTo("an operator");
      assertThat(exec.readAll().ended.getEnding().getCancelled().getBy()).isEqualTo("an operator");
    }
  }

  @Test
  void the_same_id_runs_once_also_at_once_and_later() {
    Start.Builder start = Api.sh(runner, "echo ran >>count; sleep 0.3; echo done");
    try (RawExec first = api.exec();
        RawExec second = api.exec()) {
      first.open(start.clone());
      second.open(start.clone());
      first.expect(FrameCase.STARTED);
      second.expect(FrameCase.STARTED);
    }
    var later = api.run(start.clone());
    assertThat(later.started.getResumed()).isTrue();
    assertThat(later.verified().out()).isEqualTo("done\n");
    assertThat(api.run(Api.sh(runner, "wc -l <count")).out().strip()).isEqualTo("1");
  }

  @Test
  void execs_are_listed_and_looked_up() {
    Start.Builder ended = Api.sh(runner, "exit 9");
    api.run(ended);
    Start.Builder running = Api.start(runner, "sleep", "300");
    try (RawExec exec = api.exec()) {
      exec.open(running).expect(FrameCase.STARTED);
      var page =
          api.execs()
              .listExecs(
                  ListExecsRequest.newBuilder().setRunner(runner.getName()).setPageSize(1).build());
      assertThat(page.getExecsList())
          .singleElement()
          .extracting("execId")
          .isEqualTo(running.getExecId());
      var next =
          api.execs()
              .listExecs(
                  ListExecsRequest.newBuilder()
                      .setRunner(runner.getName())
                      .setPageToken(page.getNextPageToken())
                      .build());
      assertThat(next.getExecsList())
          .singleElement()
          .extracting("execId")
          .isEqualTo(ended.getExecId());
      assertThat(next.getNextPageToken()).isEmpty();
      var looked = get(ended);
      assertThat(looked.getState()).isEqualTo(ExecState.EXEC_STATE_ENDED);
      assertThat(looked.getEnded().getEnding().getExited().getCode()).isEqualTo(9);
      assertThat(get(running).getWriterAttached()).isTrue();
    }
  }

  private dev.gra.v1.Exec get(Start.Builder start) {
    return api.execs()
        .getExec(
            GetExecRequest.newBuilder()
                .setRunner(runner.getName())
                .setExecId(start.getExecId())
                .build())
        .getExec();
  }

  @Test
  void an_exec_lives_on_without_its_client() {
    Start.Builder start = Api.sh(runner, "sleep 1; echo survived");
    try (RawExec exec = api.exec()) {
      exec.open(start).expect(FrameCase.STARTED);
      exec.cut();
    }
    Awaitility.await().until(() -> get(start).getState() == ExecState.EXEC_STATE_ENDED);
    try (RawExec exec = api.exec()) {
      assertThat(exec.open(OutputTest.attach(start, 0, true)).readAll().verified().out())
          .isEqualTo("survived\n");
    }
  }

  @Test
  void an_orphan_is_ended_when_its_time_is_up() {
    Start.Builder start =
        Api.start(runner, "sleep", "300").setOrphanAfter(Duration.newBuilder().setSeconds(1));
    try (RawExec exec = api.exec()) {
      exec.open(start).expect(FrameCase.STARTED);
      exec.cut();
    }
    Awaitility.await().until(() -> get(start).getState() == ExecState.EXEC_STATE_ENDED);
    assertThat(get(start).getEnded().getEnding().getCancelled().getBy()).isEqualTo("orphaned");
  }

  @Test
  void an_orphan_whose_stdin_was_not_whole_lost_its_stdin() {
    Start.Builder start =
        Api.start(runner, "cat").setStdin(true).setOrphanAfter(Duration.newBuilder().setSeconds(1));
    try (RawExec exec = api.exec()) {
      exec.open(start).expect(FrameCase.STARTED);
      exec.cut();
    }
    Awaitility.await().until(() -> get(start).getState() == ExecState.EXEC_STATE_ENDED);
    assertThat(get(start).getEnded().getEnding().hasStdinLost()).isTrue();
  }

  @Test
  void a_runner_deleted_under_a_running_exec_is_a_lost_runner_or_a_cancelled_command() {
    Start.Builder start = Api.start(runner, "sleep", "300");
    try (RawExec exec = api.exec()) {
      exec.open(start).expect(FrameCase.STARTED);
      api.runners()
          .deleteRunner(DeleteRunnerRequest.newBuilder().setName(runner.getName()).build());
    }
    var again = api.ensure(runner.getName());
    assertThat(again.getUid()).isNotEqualTo(runner.getUid());
    try (RawExec exec = api.exec()) {
      exec.open(OutputTest.attach(start, 0, true));
      assertThat(exec.expect(FrameCase.ENDED).getEnded().getEnding().hasRunnerLost()).isTrue();
    }
    try (RawExec exec = api.exec()) {
      exec.open(start);
      assertThat(exec.expect(FrameCase.ENDED).getEnded().getEnding().hasRunnerLost()).isTrue();
    }
    assertThat(
            api.execs()
                .listExecs(ListExecsRequest.newBuilder().setRunner(again.getName()).build())
                .getExecsList())
        .isEmpty();
  }

  @Test
  void attaching_to_an_exec_of_no_runner_says_it_is_lost() {
    try (RawExec exec = api.exec()) {
      exec.open(
          Attach.newBuilder()
              .setExecId("x")
              .setRunner(freshName())
              .setRunnerUid(UUID.randomUUID().toString())
              .setWriter(true));
      assertThat(exec.expect(FrameCase.ENDED).getEnded().getEnding().hasRunnerLost()).isTrue();
    }
  }

  @Test
  void a_command_killed_with_its_runnerd_lost_its_runner_and_the_runner_comes_back() {
    Start.Builder start = Api.sh(runner, "sleep 0.2; kill -9 $PPID; sleep 60");
    try (RawExec exec = api.exec()) {
      exec.open(start).expect(FrameCase.STARTED);
      exec.failure();
    }
    Awaitility.await()
        .ignoreExceptions()
        .until(() -> api.run(Api.sh(runner, "echo back")).out().equals("back\n"));
    try (RawExec exec = api.exec()) {
      var outcome = exec.open(OutputTest.attach(start, 0, true)).readAll();
      assertThat(outcome.ended.getEnding().hasRunnerLost()).isTrue();
      assertThat(outcome.ended.getPartial()).isTrue();
    }
  }
}
