package dev.gra.grad.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gra.grad.fixture.Errors;
import dev.gra.grad.fixture.FakeRuntime;
import dev.gra.grad.fixture.RawExec;
import dev.gra.grad.fixture.TestServer;
import dev.gra.link.v1.LastEnd;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.GetExecRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LinksTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final TestServer server =
      new TestServer(
          TestServer.Options.standard()
              .links(
                  new LinkSettings(
                      "test", SECOND, Duration.ofMillis(200), SECOND.multipliedBy(2), SECOND)));

  @AfterEach
  void stop() {
    server.close();
  }

  private RawExec call() {
    return new RawExec(server.execs(server.channel()));
  }

  @Test
  void many_callers_at_once_get_one_link() throws Exception {
    List<RawExec> calls =
        IntStream.range(0, 20)
            .mapToObj(i -> call().start(server.start("a", "e" + i, "exit", "0")))
            .toList();
    for (RawExec call : calls) {
      call.await(ExecResponse::hasEnded);
    }

    assertThat(server.runtime().connections()).isEqualTo(1);
  }

  @Test
  void a_link_that_nobody_uses_is_closed_and_opened_again_at_need() throws Exception {
    RawExec exec = call().start(server.start("a", "1", "exit", "0"));
    exec.await(ExecResponse::hasEnded);
    exec.ack();
    exec.status();
    await().atMost(SECOND.multipliedBy(5)).until(() -> server.runnerd("a").links() == 0);

    call().start(server.start("a", "2", "exit", "0")).await(ExecResponse::hasEnded);
    assertThat(server.runtime().connections()).isEqualTo(2);
  }

  @Test
  void a_link_in_use_is_not_closed_and_stays_alive_by_pings_of_runnerd_only() throws Exception {
    RawExec exec = call().start(server.start("a", "1", "wait"));
    exec.await(ExecResponse::hasStarted);

    // This runnerd gives no signs of life, so the link is held to be dead.
    Errors error = Errors.from(exec);
    assertThat(error.reason()).isEqualTo("LINK_BROKEN");
    assertThat(error.description()).contains("silent");
  }

  @Test
  void a_runnerd_that_lost_execs_is_told_first_whether_it_was_for_want_of_memory()
      throws Exception {
    for (Instant since : List.of(FakeRuntime.OUT_OF_MEMORY, Instant.EPOCH)) {
      String runner = "r" + since.getEpochSecond();
      server.runner(runner);
      server.runnerd(runner).lost(since);
      call().start(server.start(runner, "1", "exit", "0")).await(ExecResponse::hasEnded);

      assertThat(server.runnerd(runner).lastEnds())
          .containsExactly(
              LastEnd.newBuilder().setOutOfMemory(since.equals(FakeRuntime.OUT_OF_MEMORY)).build());
    }
  }

  @Test
  void a_runnerd_that_lost_nothing_is_told_nothing() throws Exception {
    call().start(server.start("a", "1", "exit", "0")).await(ExecResponse::hasEnded);

    assertThat(server.runnerd("a").lastEnds()).isEmpty();
  }

  @Test
  void a_runnerd_that_says_nothing_is_given_up() {
    server.runner("a");
    server.runnerd("a").mute();

    Errors error = Errors.from(call().start(server.start("a", "1", "exit", "0")));
    assertThat(error.reason()).isEqualTo("LINK_BROKEN");
    assertThat(error.description()).contains("no Hello");
    await().until(() -> server.runnerd("a").links() == 0);
  }

  @Test
  void a_runnerd_of_another_runner_is_not_spoken_to() throws Exception {
    server.runner("a");
    server.runnerd("a").claimUid("someone-else");
    RawExec exec = call().start(server.start("a", "1", "exit", "0"));

    assertThat(exec.next().getEnded().getEnding().getRunnerLost().getWhy())
        .contains("someone-else");
    assertThat(server.runnerd("a").exec("1")).isNull();
    assertThat(
            Errors.from(
                    () ->
                        server
                            .blockingExecs()
                            .getExec(
                                GetExecRequest.newBuilder().setRunner("a").setExecId("1").build()))
                .reason())
        .isEqualTo("RUNNER_GONE");
  }

  @Test
  void a_runnerd_that_breaks_the_protocol_loses_its_link_only() throws Exception {
    RawExec other = call().start(server.start("b", "1", "cat").setStdin(true));
    other.await(ExecResponse::hasStarted);
    RawExec exec = call().start(server.start("a", "1", "wait"));
    exec.await(ExecResponse::hasStarted);
    server.runnerd("a").sendOnUnknownChannel();

    assertThat(Errors.from(exec).description()).contains("unknown channel");
    assertThat(other.over()).isFalse();
  }
}
