package dev.gra.grad.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.gra.grad.fixture.Errors;
import dev.gra.grad.fixture.RawExec;
import dev.gra.grad.fixture.TestServer;
import dev.gra.grad.runner.RunnerName;
import dev.gra.protocol.Limits;
import dev.gra.v1.Attach;
import dev.gra.v1.CancelExecRequest;
import dev.gra.v1.Cursors;
import dev.gra.v1.Detached;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.GetExecRequest;
import dev.gra.v1.ListExecsRequest;
import dev.gra.v1.Ping;
import dev.gra.v1.Stdin;
import dev.gra.v1.Stream;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ExecFaultsTest {
  private TestServer server = new TestServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private RawExec call() {
    return new RawExec(server.execs(server.channel()));
  }

  private RawExec running(String runner, String id) throws InterruptedException {
    RawExec exec = call().start(server.start(runner, id, "wait").setStdin(true));
    exec.await(ExecResponse::hasStarted);
    return exec;
  }

  private ExecRequest.Builder attach(String runner, String id, long stdout, boolean writer) {
    return ExecRequest.newBuilder()
        .setAttach(
            Attach.newBuilder()
                .setExecId(id)
                .setRunner(runner)
                .setRunnerUid(server.runner(runner).uid().value())
                .setWriter(writer)
                .setCursors(Cursors.newBuilder().setStdout(stdout)));
  }

  private static ExecRequest.Builder stdin(long offset, int bytes) {
    return ExecRequest.newBuilder()
        .setStdin(
            Stdin.newBuilder().setOffset(offset).setData(ByteString.copyFrom(new byte[bytes])));
  }

  @Test
  void a_broken_link_is_unavailable_and_the_exec_goes_on_at_the_cursor() throws Exception {
    RawExec exec = call().start(server.start("a", "1", "random", "200000"));
    exec.credit(Stream.STREAM_STDOUT, 0, 40_000);
    exec.await(frame -> frame.getOutput().getOffset() == 32_768);
    server.runnerd("a").breakLinks();

    Errors error = Errors.from(exec);
    assertThat(error.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(error.reason()).isEqualTo("LINK_BROKEN");
    RawExec again = call().send(attach("a", "1", 40_000, true));
    again.credit(Stream.STREAM_STDOUT, 40_000, 1 << 20);
    assertThat(again.await(ExecResponse::hasOutput).getOutput().getOffset()).isEqualTo(40_000);
    again.await(ExecResponse::hasEnded);
    assertThat(server.runnerd("a").traces()).hasSize(1);
  }

  @Test
  void a_runner_that_is_gone_is_an_ending_and_not_an_error() throws Exception {
    var start = server.start("a", "1", "exit", "0");
    server.runtime().delete(TestServer.ANNA, new RunnerName("a"), Optional.empty());
    RawExec exec = call().start(start);

    assertThat(exec.next().getEnded().getEnding().getRunnerLost().getWhy())
        .isEqualTo("runner deleted");
    exec.ack();
    assertThat(exec.status().isOk()).isTrue();
  }

  @Test
  void a_runner_made_again_under_the_name_starts_nothing() throws Exception {
    var start = server.start("a", "1", "exit", "0");
    server.runtime().delete(TestServer.ANNA, new RunnerName("a"), Optional.empty());
    server.runner("a");

    assertThat(call().start(start).next().getEnded().getEnding().hasRunnerLost()).isTrue();
    assertThat(server.runnerd("a").exec("1")).isNull();
  }

  @Test
  void a_client_that_goes_away_leaves_the_exec_running() throws Exception {
    RawExec exec = running("a", "1");
    assertThat(server.runnerd("a").exec("1").attachments()).isEqualTo(1);
    exec.cancel();

    await().until(() -> server.runnerd("a").exec("1").attachments() == 0);
    var still =
        server
            .blockingExecs()
            .getExec(GetExecRequest.newBuilder().setRunner("a").setExecId("1").build());
    assertThat(still.getExec().hasEnded()).isFalse();
  }

  @Test
  void a_client_that_falls_silent_is_detached() throws Exception {
    server.close();
    server = new TestServer(TestServer.Options.standard().silence(Duration.ofSeconds(1)));
    RawExec exec = running("a", "1");

    assertThat(Errors.from(exec).reason()).isEqualTo("CLIENT_SILENT");
    await().until(() -> server.runnerd("a").exec("1").attachments() == 0);
  }

  @Test
  void a_client_that_pings_is_not_silent() throws Exception {
    server.close();
    server = new TestServer(TestServer.Options.standard().silence(Duration.ofSeconds(1)));
    RawExec exec = running("a", "1");
    for (int i = 0; i < 10; i++) {
      exec.send(ExecRequest.newBuilder().setPing(Ping.getDefaultInstance()));
      await().during(Duration.ofMillis(250)).until(() -> !exec.over());
    }
  }

  @Test
  void stdin_beyond_its_credit_ends_the_call() throws Exception {
    RawExec exec = running("a", "1");
    for (long at = 0; at <= Limits.STDIN_WINDOW_BYTES; at += Limits.CHUNK_BYTES) {
      exec.send(stdin(at, Limits.CHUNK_BYTES));
    }

    Errors error = Errors.from(exec);
    assertThat(error.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(error.reason()).isEqualTo("CREDIT_EXCEEDED");
  }

  @Test
  void an_observer_may_not_write() throws Exception {
    running("a", "1");
    RawExec observer = call().send(attach("a", "1", 0, false));
    observer.await(ExecResponse::hasStarted);
    observer.send(stdin(0, 1));

    assertThat(Errors.from(observer).reason()).isEqualTo("NOT_THE_WRITER");
  }

  @Test
  void a_second_writer_supersedes_the_first() throws Exception {
    RawExec first = running("a", "1");
    RawExec second = call().send(attach("a", "1", 0, true));
    second.await(ExecResponse::hasStarted);
    second.send(stdin(0, 1));

    assertThat(first.await(ExecResponse::hasDetached).getDetached().getReason())
        .isEqualTo(Detached.Reason.REASON_SUPERSEDED);
    assertThat(first.status().isOk()).isTrue();
  }

  @Test
  void frames_out_of_order_are_told_apart() {
    Errors first = Errors.from(call().credit(Stream.STREAM_STDOUT, 0, 1));
    assertThat(first.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(first.reason()).isEqualTo("PROTOCOL");

    RawExec empty = call();
    empty.halfClose();
    assertThat(Errors.from(empty).reason()).isEqualTo("PROTOCOL");

    RawExec twice = call().start(server.start("a", "1", "wait"));
    twice.start(server.start("a", "1", "wait"));
    assertThat(Errors.from(twice).reason()).isEqualTo("PROTOCOL");
  }

  @Test
  void an_id_with_another_spec_and_an_unknown_id_are_told_apart() throws Exception {
    running("a", "1");

    assertThat(Errors.from(call().start(server.start("a", "1", "exit", "0"))).reason())
        .isEqualTo("EXEC_SPEC_CONFLICT");
    Errors unknown = Errors.from(call().send(attach("a", "2", 0, true)));
    assertThat(unknown.code()).isEqualTo(Code.NOT_FOUND);
    assertThat(unknown.reason()).isEqualTo("EXEC_NOT_FOUND");
  }

  @Test
  void execs_are_looked_up_and_cancelled() throws Exception {
    RawExec exec = running("a", "1");
    var execs = server.blockingExecs();

    assertThat(execs.listExecs(ListExecsRequest.newBuilder().setRunner("a").build()).getExecsList())
        .hasSize(1);
    var cancelled =
        execs.cancelExec(CancelExecRequest.newBuilder().setRunner("a").setExecId("1").build());
    assertThat(cancelled.getExec().getEnded().getEnding().getCancelled().getBy()).isEqualTo("anna");
    assertThat(exec.await(ExecResponse::hasEnded).getEnded().getEnding().hasCancelled()).isTrue();
    assertThat(
            Errors.from(
                    () ->
                        execs.getExec(
                            GetExecRequest.newBuilder().setRunner("none").setExecId("1").build()))
                .reason())
        .isEqualTo("RUNNER_NOT_FOUND");
  }

  @Test
  void a_slow_reader_holds_up_no_other_exec_of_its_runner() throws Exception {
    ManagedChannel channel = server.channel();
    RawExec slow =
        new RawExec(server.execs(channel)).start(server.start("a", "slow", "random", "9000000"));
    slow.credit(Stream.STREAM_STDOUT, 0, 100_000);
    slow.await(
        frame -> frame.getOutput().getOffset() + frame.getOutput().getData().size() == 100_000);
    for (int i = 0; i < 20; i++) {
      RawExec quick =
          new RawExec(server.execs(channel))
              .start(server.start("a", "quick" + i, "random", "1000000"));
      quick.credit(Stream.STREAM_STDOUT, 0, 1 << 20);
      quick.await(ExecResponse::hasEnded);
    }
    assertThat(slow.over()).isFalse();
  }

  @Test
  void a_half_closed_client_is_told_the_ending_and_the_call_is_over() throws Exception {
    RawExec exec = call().start(server.start("a", "1", "random", "100"));
    exec.credit(Stream.STREAM_STDOUT, 0, 100);
    exec.halfClose();

    exec.await(ExecResponse::hasEnded);
    assertThat(exec.status().isOk()).isTrue();
  }

  @Test
  void a_server_that_goes_down_sends_its_clients_away() throws Exception {
    RawExec exec = running("a", "1");
    ManagedChannel channel = server.channel();
    var health = HealthGrpc.newBlockingStub(channel).watch(HealthCheckRequest.getDefaultInstance());
    assertThat(health.next().getStatus()).isEqualTo(ServingStatus.SERVING);
    // A call that doesn't end by itself keeps the server from going on at once.
    var holding = new CompletableFuture<ServerReflectionResponse>();
    ServerReflectionGrpc.newStub(channel)
        .serverReflectionInfo(new FirstAnswer(holding))
        .onNext(ServerReflectionRequest.getDefaultInstance());
    assertThat(holding.orTimeout(10, TimeUnit.SECONDS).join().hasErrorResponse()).isTrue();
    Thread ending = Thread.ofVirtual().start(() -> server.grad().close());

    assertThat(exec.await(ExecResponse::hasDetached).getDetached().getReason())
        .isEqualTo(Detached.Reason.REASON_DRAINING);
    assertThat(exec.status().isOk()).isTrue();
    assertThat(health.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(Errors.from(new RawExec(server.execs(channel))).reason()).isEqualTo("DRAINING");
    assertThat(ending.join(Duration.ofSeconds(10))).isTrue();
    await().until(() -> server.runnerd("a").exec("1").attachments() == 0);
  }

  private record FirstAnswer(CompletableFuture<ServerReflectionResponse> first)
      implements StreamObserver<ServerReflectionResponse> {
    @Override
    public void onNext(ServerReflectionResponse answer) {
      first.complete(answer);
    }

    @Override
    public void onError(Throwable why) {
      first.completeExceptionally(why);
    }

    @Override
    public void onCompleted() {}
  }
}
