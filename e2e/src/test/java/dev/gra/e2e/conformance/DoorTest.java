package dev.gra.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import com.google.rpc.ErrorInfo;
import dev.gra.v1.Credit;
import dev.gra.v1.DeleteRunnerRequest;
import dev.gra.v1.EnsureRunnerRequest;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse.FrameCase;
import dev.gra.v1.GetExecRequest;
import dev.gra.v1.GetRunnerRequest;
import dev.gra.v1.ListExecsRequest;
import dev.gra.v1.ListRunnersRequest;
import dev.gra.v1.Runner;
import dev.gra.v1.RunnerSpec;
import dev.gra.v1.Start;
import dev.gra.v1.Stream;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Bad input gets one clear error at the door, and leaves nothing behind. */
class DoorTest extends ConformanceTest {
  private void refused(Start.Builder start, String field) {
    try (RawExec exec = api.exec()) {
      exec.open(start);
      StatusRuntimeException failure = exec.failure();
      assertThat(failure.getStatus().getCode())
          .as(failure.toString())
          .isEqualTo(Code.INVALID_ARGUMENT);
      assertThat(info(failure).getMetadataMap()).containsEntry("field", field);
      assertThat(failure.getStatus().getDescription()).isNotBlank().doesNotContain("\n");
    }
    var listed =
        api.execs().listExecs(ListExecsRequest.newBuilder().setRunner(runner.getName()).build());
    assertThat(listed.getExecsList()).as("nothing was started").isEmpty();
  }

  private static ErrorInfo info(StatusRuntimeException failure) {
    var status = StatusProto.fromThrowable(failure);
    for (var detail : status.getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        try {
          ErrorInfo info = detail.unpack(ErrorInfo.class);
          assertThat(info.getDomain()).isEqualTo("gra.dev");
          return info;
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
          throw new AssertionError(e);
        }
      }
    }
    throw new AssertionError("no ErrorInfo in " + failure);
  }

  @Test
  void each_bad_field_of_a_start_is_named() {
    refused(Api.start(runner), "argv");
    refused(Api.start(runner, "a\0b"), "argv");
    refused(Api.start(runner, "x".repeat(131_072)), "argv");
    refused(Api.start(runner, "true").setExecId(""), "exec_id");
    refused(Api.start(runner, "true").setExecId("../up"), "exec_id");
    refused(Api.start(runner, "true").setExecId("x".repeat(65)), "exec_id");
    refused(Api.start(runner, "true").setRunner("No Such!"), "runner");
    refused(Api.start(runner, "true").setRunnerUid(""), "runner_uid");
    refused(Api.start(runner, "true").setTimeout(Duration.newBuilder().setSeconds(-5)), "timeout");
    refused(
        Api.start(runner, "true").setOrphanAfter(Duration.newBuilder().setSeconds(-5)),
        "orphan_after");
    refused(Api.start(runner, "true").putEnv("A=B", "x"), "env");
    refused(Api.start(runner, "true").putEnv("GRA_EXEC_ID", "x"), "env");
    refused(Api.start(runner, "true").putEnv("BIG", "x".repeat(10 << 20)), "env");
    refused(
        Api.start(runner)
            .setScript(
                dev.gra.v1.Script.newBuilder()
                    .addInterpreter("sh")
                    .setContent(com.google.protobuf.ByteString.copyFrom(new byte[(1 << 20) + 1]))),
        "script.content");
  }

  @Test
  void a_frame_out_of_order_ends_the_stream() {
    try (RawExec exec = api.exec()) {
      exec.credit(Stream.STREAM_STDOUT, 0, 10);
      assertThat(exec.failure().getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
    }
    try (RawExec exec = api.exec()) {
      exec.open(Api.start(runner, "sleep", "5")).expect(FrameCase.STARTED);
      exec.send(ExecRequest.newBuilder().setStart(Api.start(runner, "true")));
      assertThat(info(exec.failure()).getReason()).isEqualTo("PROTOCOL");
    }
    try (RawExec exec = api.exec()) {
      exec.open(Api.start(runner, "sleep", "5")).expect(FrameCase.STARTED);
      exec.send(
          ExecRequest.newBuilder()
              .setCredit(
                  Credit.newBuilder().setStream(Stream.STREAM_STDOUT).setUntil(Long.MAX_VALUE)));
      assertThat(info(exec.failure()).getReason()).isEqualTo("PROTOCOL");
    }
  }

  @Test
  void an_id_with_another_spec_is_a_conflict() {
    Start.Builder start = Api.sh(runner, "echo one");
    api.run(start);
    try (RawExec exec = api.exec()) {
      exec.open(Api.sh(runner, "echo two").setExecId(start.getExecId()));
      StatusRuntimeException failure = exec.failure();
      assertThat(failure.getStatus().getCode()).isEqualTo(Code.ALREADY_EXISTS);
      assertThat(info(failure).getReason()).isEqualTo("EXEC_SPEC_CONFLICT");
    }
  }

  @Test
  void only_the_writer_may_write() {
    Start.Builder start = Api.start(runner, "cat").setStdin(true);
    try (RawExec writer = api.exec();
        RawExec observer = api.exec()) {
      writer.open(start).expect(FrameCase.STARTED);
      observer.open(OutputTest.attach(start, 0, false)).expect(FrameCase.STARTED);
      observer.stdin(0, new byte[] {1});
      assertThat(info(observer.failure()).getReason()).isEqualTo("NOT_THE_WRITER");
    }
  }

  @Test
  void without_a_token_only_health_and_reflection_answer() throws Exception {
    for (String token : List.of("", "wrong-token")) {
      try (Api stranger = new Api(endpoint, token)) {
        assertCode(
            Code.UNAUTHENTICATED,
            () -> stranger.runners().listRunners(ListRunnersRequest.getDefaultInstance()));
        assertCode(Code.UNAUTHENTICATED, () -> stranger.ensure("x"));
        try (RawExec exec = stranger.exec()) {
          exec.open(Api.start(runner, "true"));
          assertThat(exec.failure().getStatus().getCode()).isEqualTo(Code.UNAUTHENTICATED);
        }
        var health =
            HealthGrpc.newBlockingStub(stranger.channel()).withDeadlineAfter(10, TimeUnit.SECONDS);
        assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
            .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
        assertThat(services(stranger)).contains("gra.v1.RunnerService", "gra.v1.ExecService");
      }
    }
  }

  private static List<String> services(Api api) throws Exception {
    var answer = new CompletableFuture<ServerReflectionResponse>();
    var requests =
        ServerReflectionGrpc.newStub(api.channel())
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    var services = answer.get(10, TimeUnit.SECONDS).getListServicesResponse().getServiceList();
    requests.onCompleted();
    return services.stream().map(service -> service.getName()).toList();
  }

  @Test
  void another_owner_s_runner_is_not_there() {
    Start.Builder start = Api.start(runner, "sleep", "5");
    api.run(Api.start(runner, "true"));
    try (Api stranger = new Api(endpoint, endpoint.strangersToken())) {
      var name = runner.getName();
      assertThat(
              stranger
                  .runners()
                  .listRunners(ListRunnersRequest.getDefaultInstance())
                  .getRunnersList())
          .isEmpty();
      assertCode(
          Code.NOT_FOUND,
          () -> stranger.runners().getRunner(GetRunnerRequest.newBuilder().setName(name).build()));
      assertCode(
          Code.NOT_FOUND,
          () ->
              stranger
                  .runners()
                  .deleteRunner(DeleteRunnerRequest.newBuilder().setName(name).build()));
      assertCode(
          Code.NOT_FOUND,
          () -> stranger.execs().listExecs(ListExecsRequest.newBuilder().setRunner(name).build()));
      assertCode(
          Code.NOT_FOUND,
          () ->
              stranger
                  .execs()
                  .getExec(GetExecRequest.newBuilder().setRunner(name).setExecId("x").build()));
      try (RawExec exec = stranger.exec()) {
        exec.open(start);
        assertThat(exec.expect(FrameCase.ENDED).getEnded().getEnding().hasRunnerLost()).isTrue();
      }
    }
    assertThat(
            api.execs()
                .listExecs(ListExecsRequest.newBuilder().setRunner(runner.getName()).build())
                .getExecsList())
        .hasSize(1);
  }

  @Test
  void unknown_names_are_not_found() {
    String name = freshName();
    assertCode(
        Code.NOT_FOUND,
        () -> api.runners().getRunner(GetRunnerRequest.newBuilder().setName(name).build()));
    assertCode(
        Code.NOT_FOUND,
        () ->
            api.execs()
                .getExec(
                    GetExecRequest.newBuilder()
                        .setRunner(runner.getName())
                        .setExecId("none")
                        .build()));
    try (RawExec exec = api.exec()) {
      exec.open(OutputTest.attach(Api.start(runner, "x"), 0, true));
      assertThat(exec.failure().getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
    }
  }

  @Test
  void two_clients_that_ensure_at_once_get_one_runner() throws Exception {
    String name = freshName();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Runner>> all = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        all.add(threads.submit(() -> api.ensure(name)));
      }
      String uid = all.getFirst().get().getUid();
      for (var one : all) {
        assertThat(one.get().getUid()).isEqualTo(uid);
      }
    }
  }

  @Test
  void a_runner_is_adopted_only_if_its_spec_agrees() {
    String name = freshName();
    var small =
        EnsureRunnerRequest.newBuilder()
            .setName(name)
            .setSpec(RunnerSpec.newBuilder().setPreset("small"));
    String uid = api.ensure(small.build()).getUid();
    assertThat(api.ensure(name).getUid()).isEqualTo(uid);
    var large =
        EnsureRunnerRequest.newBuilder()
            .setName(name)
            .setSpec(RunnerSpec.newBuilder().setPreset("large"));
    assertThat(info(assertCode(Code.ALREADY_EXISTS, () -> api.ensure(large.build()))).getReason())
        .isEqualTo("SPEC_CONFLICT");
    assertThat(
            info(assertCode(
                    Code.ALREADY_EXISTS, () -> api.ensure(small.setMustBeNew(true).build())))
                .getReason())
        .isEqualTo("RUNNER_EXISTS");
  }

  @Test
  void bad_runner_specs_name_their_field() {
    var request = EnsureRunnerRequest.newBuilder().setName(freshName());
    assertThat(field(request.clone().setName("Bad_Name"))).isEqualTo("name");
    assertThat(field(request.clone().setSpec(RunnerSpec.newBuilder().setPreset("huge"))))
        .isEqualTo("spec.preset");
    assertThat(field(request.clone().setSpec(RunnerSpec.newBuilder().setCpuMillis(-1))))
        .isEqualTo("spec.cpu_millis");
    assertThat(
            field(
                request
                    .clone()
                    .setSpec(
                        RunnerSpec.newBuilder()
                            .setIdleTimeout(Duration.newBuilder().setSeconds(-7)))))
        .isEqualTo("spec.idle_timeout");
    assertThat(field(request.clone().putLabels("bad key!", "x"))).isEqualTo("labels");
  }

  private String field(EnsureRunnerRequest.Builder request) {
    return info(assertCode(Code.INVALID_ARGUMENT, () -> api.ensure(request.build())))
        .getMetadataOrThrow("field");
  }

  @Test
  void runners_are_listed_in_pages_and_by_label() {
    java.util.stream.Stream.Builder<String> names = java.util.stream.Stream.builder();
    names.add(runner.getName());
    for (int i = 0; i < 3; i++) {
      String name = freshName();
      names.add(name);
      api.ensure(EnsureRunnerRequest.newBuilder().setName(name).putLabels("n", "" + i).build());
    }
    List<String> seen = new ArrayList<>();
    String page = "";
    do {
      var answer =
          api.runners()
              .listRunners(
                  ListRunnersRequest.newBuilder().setPageSize(3).setPageToken(page).build());
      answer.getRunnersList().forEach(one -> seen.add(one.getName()));
      page = answer.getNextPageToken();
    } while (!page.isEmpty());
    assertThat(seen).containsExactlyElementsOf(names.build().sorted().toList());
    var labelled =
        api.runners().listRunners(ListRunnersRequest.newBuilder().putLabels("n", "1").build());
    assertThat(labelled.getRunnersList()).hasSize(1);
  }

  @Test
  void a_runner_is_deleted_only_under_its_own_uid() {
    var wrong =
        DeleteRunnerRequest.newBuilder()
            .setName(runner.getName())
            .setUid(UUID.randomUUID().toString());
    assertCode(Code.ABORTED, () -> api.runners().deleteRunner(wrong.build()));
    assertThatThrownBy(
            () ->
                api.runners()
                    .deleteRunner(DeleteRunnerRequest.newBuilder().setName(freshName()).build()))
        .isInstanceOf(StatusRuntimeException.class);
    assertThat(
            api.runners()
                .getRunner(GetRunnerRequest.newBuilder().setName(runner.getName()).build())
                .getRunner())
        .extracting(Runner::getUid)
        .isEqualTo(runner.getUid());
  }

  private static StatusRuntimeException assertCode(Code code, Executable call) {
    try {
      call.execute();
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getCode()).as(e.toString()).isEqualTo(code);
      return e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("succeeded, expected " + code);
  }
}
