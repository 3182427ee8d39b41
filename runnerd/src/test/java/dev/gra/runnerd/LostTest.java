package dev.gra.runnerd;

import static dev.gra.runnerd.Daemon.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gra.link.v1.LastEnd;
import dev.gra.link.v1.LinkRequest;
import dev.gra.v1.Cursors;
import dev.gra.v1.Ended;
import dev.gra.v1.Ending;
import dev.gra.v1.Start;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What is known of execs whose runnerd was killed under them. */
class LostTest extends DaemonTest {
  private final Start start = shell("echo so far; echo run >>runs; sleep 60").build();

  @Test
  void an_exec_without_an_ending_is_lost_after_a_restart_and_its_output_is_not() throws Exception {
    lose(start);
    TestExec again = link.start(start);
    Ended ended = again.ended();
    assertThat(ended.getEnding().getRunnerLost().getWhy()).isEqualTo("runnerd restarted");
    assertThat(ended.getPartial()).isTrue();
    assertThat(again.stdoutText()).isEqualTo("so far\n");
    assertThat(Files.readAllLines(daemon.settings.workspace().resolve("runs"))).hasSize(1);
    restart();
    assertThat(link.start(start).ended()).isEqualTo(ended);
  }

  @Test
  void a_client_that_had_more_than_the_disk_kept_is_told_of_the_loss_only() throws Exception {
    lose(start);
    TestExec again =
        link.attach(
            Queries.attach(start.getExecId())
                .setCursors(Cursors.newBuilder().setStdout(100))
                .build());
    assertThat(again.ended().getEnding().hasRunnerLost()).isTrue();
  }

  @Test
  void a_container_that_ran_out_of_memory_is_its_lost_execs_ending() throws Exception {
    Instant before = Instant.now();
    lose(start);
    Instant since =
        Instant.ofEpochSecond(link.next().getHello().getLostSince().getSeconds()).plusSeconds(1);
    assertThat(since).isBetween(before, Instant.now().plusSeconds(1));
    say(LastEnd.newBuilder().setOutOfMemory(true));

    Ended ended = link.start(start).ended();
    assertThat(ended.getEnding().getKindCase()).isEqualTo(Ending.KindCase.OUT_OF_MEMORY);
    assertThat(ended.getPartial()).isTrue();
    restart();
    assertThat(link.next().getHello().hasLostSince()).isFalse();
    assertThat(link.start(start).ended()).isEqualTo(ended);
  }

  @Test
  void a_container_that_ended_otherwise_explains_nothing_and_is_asked_for_once() throws Exception {
    lose(start);
    say(LastEnd.newBuilder().setOutOfMemory(false));
    assertThat(link.start(start).ended().getEnding().hasRunnerLost()).isTrue();
    try (TestLink another = daemon.link()) {
      assertThat(another.next().getHello().hasLostSince()).isFalse();
    }
  }

  @Test
  void who_was_told_that_it_is_lost_is_not_told_otherwise() throws Exception {
    lose(start);
    TestExec told = link.start(start);
    assertThat(told.ended().getEnding().hasRunnerLost()).isTrue();
    say(LastEnd.newBuilder().setOutOfMemory(true));
    assertThat(link.start(start).ended().getEnding().hasRunnerLost()).isTrue();
  }

  private void say(LastEnd.Builder end) {
    link.send(LinkRequest.newBuilder().setLastEnd(end));
  }

  /** As if runnerd had been killed under it: the journal never hears of an ending. */
  private void lose(Start running) throws Exception {
    TestExec exec = link.start(running);
    await().until(() -> exec.received() > 0);
    Path record = daemon.directory(running.getExecId()).resolve("record");
    byte[] live = Files.readAllBytes(record);
    stop();
    Files.write(record, live);
    start();
  }
}
