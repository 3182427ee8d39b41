package dev.gra.runnerd;

import static dev.gra.runnerd.Daemon.command;
import static dev.gra.runnerd.Daemon.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import dev.gra.link.v1.LinkError;
import dev.gra.runnerd.journal.JournalFiles;
import dev.gra.v1.Detached;
import dev.gra.v1.Ended;
import dev.gra.v1.Exec;
import dev.gra.v1.Start;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LifeTest extends DaemonTest {
  private static final Duration ONE_SECOND = Duration.newBuilder().setSeconds(1).build();

  @Test
  void a_cut_is_not_an_ending() throws Exception {
    Start start = shell("echo a; sleep 1; echo b").build();
    TestExec exec = link.start(start);
    await().until(() -> exec.received() == 2);
    link.close();
    link = daemon.link();
    TestExec again = link.attach(Queries.attach(start.getExecId()).setWriter(true).build());
    assertThat(again.verified().getEnding().getExited().getCode()).isZero();
    assertThat(again.stdoutText()).isEqualTo("a\nb\n");
  }

  @Test
  void an_orphan_is_cancelled_when_its_time_is_up() throws Exception {
    Start start = command("sleep", "60").setOrphanAfter(ONE_SECOND).build();
    TestExec exec = link.start(start);
    exec.awaitStarted();
    exec.vanish();
    await().until(() -> Queries.get(link, start.getExecId()).hasEnded());
    assertThat(Queries.get(link, start.getExecId()).getEnded().getEnding().getCancelled().getBy())
        .isEqualTo("orphaned");
  }

  @Test
  void an_orphan_whose_writer_comes_back_lives_on() throws Exception {
    Start start = command("sleep", "60").setOrphanAfter(ONE_SECOND).build();
    TestExec exec = link.start(start);
    exec.awaitStarted();
    exec.vanish();
    TestExec back = link.attach(Queries.attach(start.getExecId()).setWriter(true).build());
    back.awaitStarted();
    await()
        .during(1500, TimeUnit.MILLISECONDS)
        .until(() -> !Queries.get(link, start.getExecId()).hasEnded());
    back.cancel("test");
    assertThat(back.verified().getEnding().getCancelled().getBy()).isEqualTo("test");
  }

  @Test
  void a_detached_exec_lives_without_a_writer() throws Exception {
    Start start = command("sleep", "60").setOrphanAfter(ONE_SECOND).build();
    TestExec exec = link.start(start);
    exec.awaitStarted();
    exec.detach();
    assertThat(exec.left()).isEqualTo(Detached.Reason.REASON_REQUESTED);
    await()
        .during(1500, TimeUnit.MILLISECONDS)
        .until(() -> !Queries.get(link, start.getExecId()).hasEnded());
    Exec cancelled = Queries.cancel(link, start.getExecId(), "me").getCancelExec().getExec();
    assertThat(cancelled.getEnded().getEnding().getCancelled().getBy()).isEqualTo("me");
  }

  @Test
  void a_detached_exec_with_unfinished_stdin_loses_it() throws Exception {
    Start start = command("cat").setStdin(true).setOrphanAfter(ONE_SECOND).build();
    TestExec exec = link.start(start);
    exec.awaitStarted();
    exec.detach();
    exec.left();
    await().until(() -> Queries.get(link, start.getExecId()).hasEnded());
    assertThat(Queries.get(link, start.getExecId()).getEnded().getEnding().hasStdinLost()).isTrue();
  }

  @Test
  void an_exec_without_orphan_limit_lives_without_a_writer() throws Exception {
    Start start =
        command("sleep", "60").setOrphanAfter(Duration.newBuilder().setSeconds(-1)).build();
    TestExec exec = link.start(start);
    exec.awaitStarted();
    exec.vanish();
    await()
        .during(1500, TimeUnit.MILLISECONDS)
        .until(() -> !Queries.get(link, start.getExecId()).hasEnded());
  }

  @Test
  void cancelling_from_outside_answers_with_the_ending() throws Exception {
    Start start = command("sleep", "60").build();
    TestExec exec = link.start(start);
    exec.awaitStarted();
    Exec view = Queries.cancel(link, start.getExecId(), "admin").getCancelExec().getExec();
    assertThat(view.getEnded()).isEqualTo(exec.verified());
    assertThat(view.getEnded().getEnding().getCancelled().getBy()).isEqualTo("admin");
    assertThat(Queries.cancel(link, start.getExecId(), "late").getCancelExec().getExec().getEnded())
        .isEqualTo(view.getEnded());
    assertThat(Queries.cancel(link, "none", "x").getError().getReason())
        .isEqualTo(LinkError.Reason.REASON_EXEC_NOT_FOUND);
  }

  @Test
  void stopping_ends_all_execs_and_tells_their_clients() throws Exception {
    TestExec polite = link.start(command("sleep", "60").build());
    TestExec stubborn =
        link.start(shell("trap '' TERM; echo ready; while :; do sleep 0.1; done").build());
    polite.awaitStarted();
    await().until(() -> stubborn.received() > 0);
    daemon.close();
    for (TestExec exec : new TestExec[] {polite, stubborn}) {
      Ended ended = exec.verified();
      assertThat(ended.getEnding().getCancelled().getBy()).isEqualTo("test over");
    }
    assertThat(daemon.settings.state().resolve(Runnerd.FINISHED)).doesNotExist();
    assertThat(daemon.socket).doesNotExist();
  }

  @Test
  void with_nothing_to_do_it_ends_by_itself() throws Exception {
    Daemon idle = startIdle(directory.resolve("idle"), Instant::now);
    assertThat(end(idle)).isEqualTo(Runnerd.End.IDLE);
    assertThat(idle.settings.state().resolve(Runnerd.FINISHED)).exists();
    assertThat(idle.socket).doesNotExist();
  }

  @Test
  void a_live_exec_an_attachment_and_an_unheard_ending_keep_it_awake() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    try (Daemon idle = startIdle(directory.resolve("idle"), now::get);
        TestLink other = idle.link()) {
      CompletableFuture<Runnerd.End> end = endOf(idle);
      TestExec exec = other.start(command("sleep", "2").build()).unacknowledging();
      Ended ended = exec.verified();
      await().during(1500, TimeUnit.MILLISECONDS).until(() -> !end.isDone());

      TestExec second = other.attach(Queries.attach(idOf(other)).build());
      assertThat(second.ended()).isEqualTo(ended);
      assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo(Runnerd.End.IDLE);
    }
  }

  @Test
  void an_ending_that_nobody_fetches_keeps_it_awake_for_an_hour() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    try (Daemon idle = startIdle(directory.resolve("idle"), now::get);
        TestLink other = idle.link()) {
      CompletableFuture<Runnerd.End> end = endOf(idle);
      other.start(command("true").build()).unacknowledging().verified();
      await().during(1500, TimeUnit.MILLISECONDS).until(() -> !end.isDone());
      now.set(now.get().plus(java.time.Duration.ofMinutes(61)));
      assertThat(end.get(20, TimeUnit.SECONDS)).isEqualTo(Runnerd.End.IDLE);
    }
  }

  private static String idOf(TestLink link) throws Exception {
    return Queries.list(link, 1, "").getExecs(0).getExecId();
  }

  private static Daemon startIdle(Path directory, java.time.InstantSource clock) throws Exception {
    var settings =
        Daemon.withIdleTimeout(Daemon.settings(directory), java.time.Duration.ofSeconds(1));
    return Daemon.start(settings, new JournalFiles(settings.state()), clock);
  }

  private static Runnerd.End end(Daemon daemon) throws Exception {
    return endOf(daemon).get(10, TimeUnit.SECONDS);
  }

  private static CompletableFuture<Runnerd.End> endOf(Daemon daemon) {
    return CompletableFuture.supplyAsync(daemon::awaitEnd);
  }
}
