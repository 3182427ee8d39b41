package dev.gra.runnerd;

import static dev.gra.runnerd.Daemon.command;
import static dev.gra.runnerd.Daemon.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gra.link.v1.LinkError;
import dev.gra.runnerd.exec.Settings;
import dev.gra.runnerd.journal.JournalFiles;
import dev.gra.v1.Cursors;
import dev.gra.v1.Detached;
import dev.gra.v1.Ended;
import dev.gra.v1.Exec;
import dev.gra.v1.Start;
import dev.gra.v1.TraceContext;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class OnceTest extends DaemonTest {
  @Test
  void an_id_that_is_started_twice_at_once_runs_once() throws Exception {
    Start start = shell("echo run >>runs; sleep 0.5; echo done").build();
    List<TestExec> tries = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      tries.add(link.start(start));
    }
    assertThat(tries.getLast().verified().getEnding().getExited().getCode()).isZero();
    assertThat(tries.getLast().stdoutText()).isEqualTo("done\n");
    assertThat(tries.getFirst().left()).isEqualTo(Detached.Reason.REASON_SUPERSEDED);
    assertThat(Files.readAllLines(daemon.settings.workspace().resolve("runs"))).hasSize(1);
  }

  @Test
  void an_id_that_is_started_again_later_gets_the_same_ending_and_output() throws Exception {
    Start start = shell("echo run >>runs; echo out; exit 9").build();
    Ended first = link.start(start).verified();
    Start again =
        start.toBuilder().setTraceContext(TraceContext.newBuilder().setTraceparent("x")).build();
    TestExec second = link.start(again);
    assertThat(second.verified()).isEqualTo(first);
    assertThat(second.stdoutText()).isEqualTo("out\n");
    assertThat(second.awaitStarted().getResumed()).isTrue();
    assertThat(Files.readAllLines(daemon.settings.workspace().resolve("runs"))).hasSize(1);
  }

  @Test
  void an_id_with_another_spec_is_refused() throws Exception {
    Start start = command("true").build();
    link.start(start).verified();
    LinkError error = link.start(start.toBuilder().addArgv("x").build()).error();
    assertThat(error.getReason()).isEqualTo(LinkError.Reason.REASON_EXEC_SPEC_CONFLICT);
  }

  @Test
  void a_start_for_another_uid_starts_nothing() throws Exception {
    Start start = shell("echo run >>runs").setRunnerUid("uid-0").build();
    Ended ended = link.start(start).ended();
    assertThat(ended.getEnding().hasRunnerLost()).isTrue();
    assertThat(ended.getPartial()).isTrue();
    assertThat(Queries.tryGet(link, start.getExecId()).getError().getReason())
        .isEqualTo(LinkError.Reason.REASON_EXEC_NOT_FOUND);
    assertThat(daemon.settings.workspace().resolve("runs")).doesNotExist();
    TestExec attached =
        link.attach(Queries.attach(start.getExecId()).setRunnerUid("uid-0").build());
    assertThat(attached.ended().getEnding().hasRunnerLost()).isTrue();
  }

  @Test
  void a_second_writer_supersedes_the_first() throws Exception {
    Start start = shell("echo a; read line; echo $line").setStdin(true).build();
    TestExec first = link.start(start);
    await().until(() -> first.received() == 2);
    TestExec second = link.attach(Queries.attach(start.getExecId()).setWriter(true).build());
    assertThat(first.left()).isEqualTo(Detached.Reason.REASON_SUPERSEDED);
    second.awaitStarted();
    second.stdin("b\n");
    second.verified();
    assertThat(second.stdoutText()).isEqualTo("a\nb\n");
  }

  @Test
  void an_observer_may_not_write() throws Exception {
    Start start = command("cat").setStdin(true).build();
    TestExec writer = link.start(start);
    writer.awaitStarted();
    TestExec observer = link.attach(Queries.attach(start.getExecId()).build());
    observer.awaitStarted();
    observer.signal(15);
    assertThat(observer.error().getReason()).isEqualTo(LinkError.Reason.REASON_NOT_THE_WRITER);
    assertThat(writer.isOver()).isFalse();
  }

  @Test
  void an_attachment_goes_on_where_its_client_was() throws Exception {
    Start start = shell("printf 0123456789").build();
    link.start(start).verified();
    TestExec rest =
        link.attach(
            Queries.attach(start.getExecId())
                .setCursors(Cursors.newBuilder().setStdout(4))
                .build());
    rest.ended();
    assertThat(rest.stdoutText()).isEqualTo("456789");
    TestExec beyond =
        link.attach(
            Queries.attach(start.getExecId())
                .setCursors(Cursors.newBuilder().setStdout(11))
                .build());
    assertThat(beyond.error().getReason()).isEqualTo(LinkError.Reason.REASON_PROTOCOL);
  }

  @Test
  void a_restart_remembers_endings_and_output() throws Exception {
    Start start = shell("echo out; exit 9").build();
    Ended first = link.start(start).verified();
    Exec seen = Queries.get(link, start.getExecId());
    restart();
    TestExec second = link.start(start);
    assertThat(second.verified()).isEqualTo(first);
    assertThat(second.stdoutText()).isEqualTo("out\n");
    assertThat(Queries.get(link, start.getExecId()).getCreateTime())
        .isEqualTo(seen.getCreateTime());
  }

  @Test
  void what_cannot_be_journalled_is_not_started() throws Exception {
    stop();
    Settings settings = Daemon.settings(directory);
    JournalFiles failing =
        new JournalFiles(settings.state()) {
          @Override
          protected void syncStarts(List<String> execIds) throws IOException {
            throw new IOException("Input/output error");
          }
        };
    daemon = Daemon.start(settings, failing, InstantSource.system());
    link = daemon.link();
    Start start = shell("echo run >>runs").build();
    LinkError error = link.start(start).error();
    assertThat(error.getReason()).isEqualTo(LinkError.Reason.REASON_JOURNAL);
    assertThat(error.getMessage()).contains("Input/output error");
    assertThat(daemon.settings.workspace().resolve("runs")).doesNotExist();
    assertThat(Queries.tryGet(link, start.getExecId()).hasError()).isTrue();
    assertThat(settings.state().resolve("execs")).isEmptyDirectory();
  }

  @Test
  void tombstones_go_after_an_hour_if_the_room_is_needed_and_no_earlier() throws Exception {
    stop();
    AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    Settings settings = Daemon.settings(directory);
    Settings.Limits limits =
        new Settings.Limits(
            1000,
            100,
            3,
            Duration.ofHours(24),
            1 << 20,
            Duration.ofSeconds(2),
            Duration.ofSeconds(1));
    daemon =
        Daemon.start(Daemon.with(settings, limits), new JournalFiles(settings.state()), now::get);
    link = daemon.link();
    List<Start> starts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      starts.add(command("true").build());
      link.start(starts.getLast()).verified();
    }
    LinkError full = link.start(command("true").build()).error();
    assertThat(full.getReason()).isEqualTo(LinkError.Reason.REASON_LIMIT);
    assertThat(full.getSubject()).isEqualTo("tombstones");

    now.set(now.get().plus(Duration.ofMinutes(61)));
    link.start(command("true").build()).verified();
    assertThat(Queries.tryGet(link, starts.getFirst().getExecId()).hasError()).isTrue();
    assertThat(Queries.get(link, starts.getLast().getExecId()).hasEnded()).isTrue();
    await().until(() -> !Files.exists(daemon.directory(starts.getFirst().getExecId())));
  }

  @Test
  void output_of_ended_execs_gives_way_and_their_endings_stay() throws Exception {
    stop();
    Settings.Limits limits =
        new Settings.Limits(
            1000,
            100,
            100,
            Duration.ofHours(24),
            1 << 20,
            Duration.ofSeconds(2),
            Duration.ofSeconds(1));
    daemon = Daemon.start(Daemon.with(Daemon.settings(directory), limits));
    link = daemon.link();
    Start old = shell("head -c 700000 /dev/zero").build();
    Ended ended = link.start(old).verified();
    link.start(shell("head -c 700000 /dev/zero").build()).verified();
    TestExec again = link.start(old);
    assertThat(again.ended()).isEqualTo(ended);
    assertThat(again.gaps()).hasSize(1);
    assertThat(again.received()).isZero();
    restart();
    assertThat(link.start(old).ended()).isEqualTo(ended);
  }
}
