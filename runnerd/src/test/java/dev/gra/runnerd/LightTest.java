package dev.gra.runnerd;

import static dev.gra.runnerd.Daemon.command;
import static dev.gra.runnerd.Daemon.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import dev.gra.link.v1.LinkError;
import dev.gra.runnerd.journal.JournalFiles;
import dev.gra.v1.Cursors;
import dev.gra.v1.Detached;
import dev.gra.v1.Ended;
import dev.gra.v1.OutputMode;
import dev.gra.v1.Start;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Execs that carry a connection, and leave nothing when it is over. */
class LightTest extends DaemonTest {
  private static final int MEMORY = 512 * 1024;

  @Test
  void it_runs_as_any_other_and_nothing_of_it_is_on_disk() throws Exception {
    byte[] bytes = new byte[3 << 20];
    new Random(7).nextBytes(bytes);
    TestExec exec = link.start(command("cat").setStdin(true).setLight(true).build());
    exec.awaitStarted();
    assertThat(daemon.settings.state().resolve("execs")).isEmptyDirectory();
    assertThat(exec.feed(new ByteArrayInputStream(bytes))).isTrue();
    assertThat(exec.verified().getEnding().getExited().getCode()).isZero();
    assertThat(exec.stdout()).isEqualTo(bytes);
    assertThat(daemon.settings.state().resolve("execs")).isEmptyDirectory();
  }

  @Test
  void its_id_is_not_run_again_while_its_ending_is_remembered() throws Exception {
    Start start = shell("echo run >>runs; exit 9").setLight(true).build();
    Ended first = link.start(start).verified();
    TestExec second = link.start(start);
    assertThat(second.ended()).isEqualTo(first);
    assertThat(second.awaitStarted().getResumed()).isTrue();
    assertThat(Files.readAllLines(daemon.settings.workspace().resolve("runs"))).hasSize(1);
    LinkError other = link.start(start.toBuilder().setLight(false).build()).error();
    assertThat(other.getReason()).isEqualTo(LinkError.Reason.REASON_EXEC_SPEC_CONFLICT);
  }

  @Test
  void its_ending_is_remembered_for_minutes_and_not_longer() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    stop();
    var settings = Daemon.settings(directory);
    daemon = Daemon.start(settings, new JournalFiles(settings.state()), now::get);
    link = daemon.link();
    Start heard = command("true").setLight(true).build();
    Start unheard = command("true").setLight(true).build();
    link.start(heard).verified();
    link.start(unheard).unacknowledging().verified();

    now.set(now.get().plusSeconds(61));
    await().atMost(20, TimeUnit.SECONDS).until(() -> isForgotten(heard));
    assertThat(isForgotten(unheard)).isFalse();
    link.close(); // It would be in use as long as its client is there.
    link = daemon.link();
    now.set(now.get().plusSeconds(540));
    await().atMost(20, TimeUnit.SECONDS).until(() -> isForgotten(unheard));
  }

  @Test
  void it_is_listed_while_it_runs_only() throws Exception {
    Start start = command("cat").setStdin(true).setLight(true).build();
    TestExec exec = link.start(start);
    exec.awaitStarted();
    assertThat(Queries.list(link, 10, "").getExecsList())
        .singleElement()
        .matches(listed -> listed.getExecId().equals(start.getExecId()));
    exec.cancel("test");
    exec.verified();
    assertThat(Queries.list(link, 10, "").getExecsList()).isEmpty();
    assertThat(Queries.get(link, start.getExecId()).hasEnded()).isTrue();
  }

  @Test
  void a_short_cut_costs_nothing() throws Exception {
    Start start = shell("echo a; read line; echo $line").setStdin(true).setLight(true).build();
    TestExec exec = link.start(start);
    await().until(() -> exec.received() == 2);
    link.close();
    link = daemon.link();
    TestExec back =
        link.attach(
            Queries.attach(start.getExecId())
                .setWriter(true)
                .setWriterEpoch(exec.awaitStarted().getWriterEpoch())
                .setCursors(Cursors.newBuilder().setStdout(2))
                .build());
    back.awaitStarted();
    back.stdin("b\n");
    assertThat(back.ended().getEnding().getExited().getCode()).isZero();
    assertThat(back.gaps()).isEmpty();
    assertThat(back.stdoutText()).isEqualTo("b\n");
  }

  @Test
  void it_ends_soon_after_its_writer_whether_that_vanished_or_left() throws Exception {
    Start.Builder sleep =
        command("sleep", "60").setLight(true).setOrphanAfter(Duration.newBuilder().setSeconds(1));
    Start vanished = sleep.build();
    Start left = sleep.setExecId("left").build();
    TestExec vanishing = link.start(vanished);
    vanishing.awaitStarted();
    vanishing.vanish();
    TestExec leaving = link.start(left);
    leaving.awaitStarted();
    leaving.detach();
    assertThat(leaving.left()).isEqualTo(Detached.Reason.REASON_REQUESTED);
    for (Start start : List.of(vanished, left)) {
      await().until(() -> Queries.get(link, start.getExecId()).hasEnded());
      assertThat(Queries.get(link, start.getExecId()).getEnded().getEnding().getCancelled().getBy())
          .isEqualTo("orphaned");
    }
  }

  @Test
  void a_reader_that_stops_stops_its_command_within_its_memory() throws Exception {
    Start start = command("cat", "/dev/zero").setLight(true).build();
    TestExec exec = link.startHeld(start, 1 << 20);
    await().until(() -> Queries.get(link, start.getExecId()).getEnd().getStdout() == MEMORY);
    await()
        .during(500, TimeUnit.MILLISECONDS)
        .until(() -> Queries.get(link, start.getExecId()).getEnd().getStdout() == MEMORY);
    exec.counting().resume();
    await().until(() -> exec.received() > 20L * MEMORY);
    exec.cancel("test");
    exec.ended();
  }

  @Test
  void there_are_128_at_once_and_others_are_not_held_up_by_them() throws Exception {
    List<TestExec> all = new ArrayList<>();
    for (int i = 0; i < 128; i++) {
      all.add(link.start(command("cat").setStdin(true).setLight(true).build()));
    }
    for (TestExec exec : all) {
      exec.awaitStarted();
    }
    LinkError error = link.start(command("true").setLight(true).build()).error();
    assertThat(error.getReason()).isEqualTo(LinkError.Reason.REASON_LIMIT);
    assertThat(error.getSubject()).isEqualTo("light_execs");
    link.start(command("true").build()).verified();
    for (TestExec exec : all) {
      exec.cancel("test");
    }
    for (TestExec exec : all) {
      exec.verified();
    }
    link.start(command("true").setLight(true).build()).verified();
  }

  @Test
  void its_ending_keeps_no_runner_awake() throws Exception {
    var settings =
        Daemon.withIdleTimeout(
            Daemon.settings(directory.resolve("idle")), java.time.Duration.ofSeconds(1));
    try (Daemon idle = Daemon.start(settings);
        TestLink other = idle.link()) {
      CompletableFuture<Runnerd.End> end = CompletableFuture.supplyAsync(idle::awaitEnd);
      Start start = command("true").setLight(true).build();
      TestExec exec = other.start(start).unacknowledging();
      exec.verified();
      exec.vanish();
      assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo(Runnerd.End.IDLE);
    }
  }

  static Stream<Arguments> impossible() {
    return Stream.of(
        Arguments.of("script", Daemon.script("echo", "sh")),
        Arguments.of("output_mode", command("true").setOutputMode(OutputMode.OUTPUT_MODE_RING)),
        Arguments.of(
            "orphan_after", command("true").setOrphanAfter(Duration.newBuilder().setSeconds(-1))),
        Arguments.of(
            "orphan_after", command("true").setOrphanAfter(Duration.newBuilder().setSeconds(601))));
  }

  @ParameterizedTest
  @MethodSource("impossible")
  void what_a_light_exec_cannot_be_is_refused(String field, Start.Builder start) throws Exception {
    LinkError error = link.start(start.setLight(true).build()).error();
    assertThat(error.getReason()).isEqualTo(LinkError.Reason.REASON_INVALID_ARGUMENT);
    assertThat(error.getSubject()).isEqualTo(field);
  }

  private boolean isForgotten(Start start) throws Exception {
    return Queries.tryGet(link, start.getExecId()).getError().getReason()
        == LinkError.Reason.REASON_EXEC_NOT_FOUND;
  }
}
