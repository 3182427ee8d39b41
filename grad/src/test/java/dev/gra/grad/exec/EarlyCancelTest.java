package dev.gra.grad.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gra.grad.fixture.FakeRuntime;
import dev.gra.grad.link.LinkSettings;
import dev.gra.grad.link.Links;
import dev.gra.grad.runner.EnsureRequest;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Runner;
import dev.gra.v1.Cancel;
import dev.gra.v1.Cursors;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.GetExecRequest;
import dev.gra.v1.Start;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client may be killed right after it cancelled, before its runner is reached. */
@Timeout(60)
class EarlyCancelTest {
  private static final Owner ANNA = new Owner("anna");

  /** One that is not there to be told. */
  private static final ExecClient NOBODY =
      new ExecClient() {
        @Override
        public void linkOpened(Instant begun) {}

        @Override
        public boolean send(ExecResponse response) {
          return true;
        }

        @Override
        public void finish() {}

        @Override
        public void fail(RuntimeException failure) {}
      };

  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
  private final FakeRuntime runtime = new FakeRuntime();
  private Links links;
  private Execs execs;
  private Runner runner;

  @BeforeEach
  void start() {
    links = new Links(LinkSettings.standard("test"), scheduler);
    execs =
        new Execs(runtime, links, new WindowBudget(1 << 20, 1 << 10, 1 << 20), ExecListener.NOBODY);
    runner = runtime.ensure(ANNA, EnsureRequest.named("a"), _ -> {}).runner();
  }

  @AfterEach
  void stop() {
    links.close();
    runtime.close();
    scheduler.shutdownNow();
  }

  private Attachment opening(String execId) {
    Start start =
        Start.newBuilder()
            .setExecId(execId)
            .setRunner("a")
            .setRunnerUid(runner.uid().value())
            .addArgv("wait")
            .build();
    ExecRequest frame = ExecRequest.newBuilder().setStart(start).build();
    Attachment attachment =
        execs.attachment(
            new Opening(
                frame,
                execId,
                runner.name(),
                runner.uid(),
                Cursors.getDefaultInstance(),
                true,
                new Origin(ANNA, ANNA, "", "")),
            NOBODY);
    execs.connect(ANNA, attachment);
    return attachment;
  }

  private boolean cancelled(String execId) {
    var request = GetExecRequest.newBuilder().setRunner("a").setExecId(execId).build();
    return execs.get(ANNA, request).getExec().getEnded().getEnding().hasCancelled();
  }

  @Test
  void a_client_that_cancels_and_is_gone_before_the_runner_is_reached_has_cancelled() {
    CountDownLatch reached = runtime.hold();
    Attachment attachment = opening("1");
    attachment.fromClient(
        ExecRequest.newBuilder().setCancel(Cancel.newBuilder().setBy("anna")).build());
    attachment.gone();
    reached.countDown();

    await().until(() -> runtime.runnerd(ANNA, "a").exec("1") != null);
    await().until(() -> cancelled("1"));
    await().until(() -> execs.attachments() == 0);
    assertThat(runtime.runnerd(ANNA, "a").exec("1").attachments()).isZero();
  }

  @Test
  void a_client_that_is_only_gone_has_cancelled_nothing() {
    CountDownLatch reached = runtime.hold();
    opening("1").gone();
    reached.countDown();

    await().until(() -> runtime.runnerd(ANNA, "a").exec("1") != null);
    await().until(() -> runtime.runnerd(ANNA, "a").exec("1").attachments() == 0);
    assertThat(cancelled("1")).isFalse();
  }
}
