package dev.gra.runnerd;

import static dev.gra.runnerd.Daemon.command;
import static dev.gra.runnerd.Daemon.script;
import static dev.gra.runnerd.Daemon.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import dev.gra.v1.Ended;
import dev.gra.v1.FailedToStart;
import dev.gra.v1.Start;
import dev.gra.v1.TraceContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TreeTest extends DaemonTest {
  @Test
  void an_exit_status_above_128_is_not_a_signal() throws Exception {
    assertThat(link.start(shell("exit 137").build()).verified().getEnding().getExited().getCode())
        .isEqualTo(137);
    assertThat(
            link.start(shell("kill -9 $$").build())
                .verified()
                .getEnding()
                .getSignalled()
                .getSignal())
        .isEqualTo(9);
  }

  @Test
  void what_never_ran_says_why() throws Exception {
    Path plain = Files.writeString(daemon.settings.workspace().resolve("plain"), "x");
    assertThat(whyNot(command("no-such-command"))).isEqualTo(FailedToStart.Reason.REASON_NOT_FOUND);
    assertThat(whyNot(command(plain.toString())))
        .isEqualTo(FailedToStart.Reason.REASON_NOT_EXECUTABLE);
    assertThat(whyNot(command("true").setCwd("nowhere")))
        .isEqualTo(FailedToStart.Reason.REASON_BAD_CWD);
    assertThat(whyNot(script("x", "no-such-interpreter")))
        .isEqualTo(FailedToStart.Reason.REASON_NOT_FOUND);
  }

  @Test
  void arguments_arrive_as_they_are() throws Exception {
    String odd = " a \"b\" 'c'\n$(d)\t\\é🙂";
    String big = "x".repeat(100 * 1024);
    TestExec exec = link.start(command("printf", "%s|", odd, "", big).build());
    exec.verified();
    assertThat(exec.stdoutText()).isEqualTo(odd + "||" + big + "|");
  }

  @Test
  void the_environment_and_the_working_directory_are_as_documented() throws Exception {
    Files.createDirectory(daemon.settings.workspace().resolve("sub"));
    Start start =
        shell("echo $GRA_EXEC_ID $GRA_RUNNER_UID $TRACEPARENT $TRACESTATE $MINE; pwd")
            .setCwd("sub")
            .putEnv("MINE", "mine")
            .setTraceContext(
                TraceContext.newBuilder().setTraceparent("00-a-b-01").setTracestate("k=v"))
            .build();
    TestExec exec = link.start(start);
    Ended ended = exec.verified();
    assertThat(exec.stdoutText())
        .isEqualTo(
            start.getExecId()
                + " "
                + Daemon.UID
                + " 00-a-b-01 k=v mine\n"
                + daemon.settings.workspace().resolve("sub").toRealPath()
                + "\n");
    assertThat(ended.getTraceContext()).isEqualTo(start.getTraceContext());
  }

  @Test
  void a_script_runs_in_the_workspace_and_imports_from_it() throws Exception {
    Files.writeString(daemon.settings.workspace().resolve("mine.py"), "value = 42\n");
    String text = "import mine, sys, os\nprint(mine.value, sys.argv[1:], os.getcwd())\n";
    Start start = script(text, "python3", "-u").addArgv("a b").build();
    TestExec exec = link.start(start);
    exec.verified();
    assertThat(exec.stdoutText())
        .isEqualTo("42 ['a b'] " + daemon.settings.workspace().toRealPath() + "\n");
    assertThat(Queries.get(link, start.getExecId()).getCommand()).isEqualTo("python3 -u script");
  }

  @Test
  void a_large_script_runs() throws Exception {
    String text = "#" + "x".repeat(900 * 1024) + "\necho ok\n";
    TestExec exec = link.start(script(text, "sh").build());
    exec.verified();
    assertThat(exec.stdoutText()).isEqualTo("ok\n");
  }

  @Test
  void a_cancelled_command_ends_at_once() throws Exception {
    TestExec exec = link.start(shell("echo ready; sleep 60").build());
    await().until(() -> exec.received() > 0);
    exec.cancel("me");
    Ended ended = exec.verified();
    assertThat(ended.getEnding().getCancelled().getBy()).isEqualTo("me");
    assertThat(ended.getStraysKilled()).isZero();
  }

  @Test
  void one_that_ignores_term_is_killed_after_the_grace() throws Exception {
    TestExec exec =
        link.start(shell("trap '' TERM; echo ready; while :; do sleep 0.1; done").build());
    await().until(() -> exec.received() > 0);
    long before = System.nanoTime();
    exec.cancel("me");
    assertThat(exec.verified().getEnding().hasCancelled()).isTrue();
    assertThat(System.nanoTime() - before).isBetween(1_900_000_000L, 4_000_000_000L);
  }

  @Test
  void a_command_may_say_farewell_on_term() throws Exception {
    TestExec exec =
        link.start(shell("trap 'echo bye; exit 0' TERM; echo ready; sleep 60 & wait").build());
    await().until(() -> exec.received() > 0);
    exec.cancel("me");
    assertThat(exec.verified().getEnding().hasCancelled()).isTrue();
    assertThat(exec.stdoutText()).isEqualTo("ready\nbye\n");
  }

  @Test
  void a_timeout_ends_it() throws Exception {
    Duration after = Duration.newBuilder().setNanos(300_000_000).build();
    Ended ended = link.start(command("sleep", "60").setTimeout(after).build()).verified();
    assertThat(ended.getEnding().getTimedOut().getAfter()).isEqualTo(after);
  }

  @Test
  void a_timeout_that_comes_too_late_changes_nothing() throws Exception {
    Start start =
        shell("(sleep 5) & exit 4").setTimeout(Duration.newBuilder().setNanos(500_000_000)).build();
    assertThat(link.start(start).verified().getEnding().getExited().getCode()).isEqualTo(4);
  }

  @Test
  void a_signal_reaches_the_group() throws Exception {
    TestExec exec =
        link.start(shell("trap 'echo usr1; exit 5' USR1; echo ready; sleep 60 & wait").build());
    await().until(() -> exec.received() > 0);
    exec.signal(10);
    assertThat(exec.verified().getEnding().getExited().getCode()).isEqualTo(5);
    assertThat(exec.stdoutText()).isEqualTo("ready\nusr1\n");
  }

  @Test
  void two_hundred_children_end_with_their_parent() throws Exception {
    Path pids = daemon.settings.workspace().resolve("pids");
    TestExec exec =
        link.start(
            shell("for i in $(seq 200); do sleep 300 >/dev/null 2>&1 & echo $!; done >pids")
                .build());
    Ended ended = exec.verified();
    assertThat(ended.getStraysKilled()).isEqualTo(200);
    assertThat(Files.readAllLines(pids)).hasSize(200).noneMatch(TreeTest::lives);
  }

  @Test
  void a_daemon_ends_with_its_parent() throws Exception {
    Path pid = daemon.settings.workspace().resolve("pid");
    TestExec exec =
        link.start(
            shell(
                    "setsid sh -c 'echo $$ >pid; exec sleep 300' >/dev/null 2>&1 </dev/null &"
                        + " while [ ! -s pid ]; do sleep 0.01; done; exit 0")
                .build());
    Ended ended = exec.verified();
    assertThat(ended.getStraysKilled()).isEqualTo(1);
    assertThat(Files.readAllLines(pid)).noneMatch(TreeTest::lives);
  }

  @Test
  void one_that_breaks_every_mark_ends_with_the_last_exec() throws Exception {
    Path pid = daemon.settings.workspace().resolve("pid");
    String escape =
        "prlimit --rttime=unlimited env -i PATH=$PATH setsid sh -c 'echo $$ >pid; exec sleep 300'";
    link.start(
            shell(
                    "("
                        + escape
                        + " >/dev/null 2>&1 </dev/null &);"
                        + " while [ ! -s pid ]; do sleep 0.01; done; exit 0")
                .build())
        .verified();
    await().until(() -> Files.readAllLines(pid).stream().noneMatch(TreeTest::lives));
  }

  @Test
  void the_end_of_one_leaves_others_alone() throws Exception {
    TestExec other = link.start(shell("sleep 1; echo whole").build());
    other.awaitStarted();
    link.start(shell("sleep 300 & exit 0").build()).verified();
    assertThat(other.verified().getEnding().getExited().getCode()).isZero();
    assertThat(other.stdoutText()).isEqualTo("whole\n");
  }

  private FailedToStart.Reason whyNot(Start.Builder start) throws Exception {
    Ended ended = link.start(start.build()).verified();
    assertThat(ended.hasStartTime()).isFalse();
    assertThat(Queries.get(link, start.getExecId()).getEnded()).isEqualTo(ended);
    return ended.getEnding().getFailedToStart().getReason();
  }

  private static boolean lives(String pid) {
    try (Stream<String> status = Files.lines(Path.of("/proc", pid, "status"))) {
      return status.noneMatch(line -> line.startsWith("State:\tZ"));
    } catch (java.io.IOException | java.io.UncheckedIOException e) {
      return false;
    }
  }
}
