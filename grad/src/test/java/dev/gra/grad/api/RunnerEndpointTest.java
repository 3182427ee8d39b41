package dev.gra.grad.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gra.grad.fixture.Errors;
import dev.gra.grad.fixture.TestServer;
import dev.gra.v1.DeleteRunnerRequest;
import dev.gra.v1.EnsureRunnerRequest;
import dev.gra.v1.EnsureRunnerResponse;
import dev.gra.v1.GetRunnerRequest;
import dev.gra.v1.ListRunnersRequest;
import dev.gra.v1.Runner;
import dev.gra.v1.RunnerServiceGrpc.RunnerServiceBlockingStub;
import dev.gra.v1.RunnerSpec;
import dev.gra.v1.RunnerState;
import io.grpc.Status.Code;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RunnerEndpointTest {
  private final TestServer server = new TestServer();
  private final RunnerServiceBlockingStub anna = server.runners("anna-token");

  @AfterEach
  void stop() {
    server.close();
  }

  private List<EnsureRunnerResponse> ensure(EnsureRunnerRequest.Builder request) {
    List<EnsureRunnerResponse> events = new ArrayList<>();
    anna.ensureRunner(request.build()).forEachRemaining(events::add);
    return events;
  }

  private static EnsureRunnerRequest.Builder named(String name) {
    return EnsureRunnerRequest.newBuilder().setName(name);
  }

  @Test
  void a_runner_is_made_with_its_stages_and_adopted_later() {
    List<EnsureRunnerResponse> made = ensure(named("a").putLabels("k", "v"));
    Runner runner = made.getLast().getReady().getRunner();

    assertThat(made.getFirst().getStage().getName()).isEqualTo("ready");
    assertThat(made.getLast().getReady().getCreated()).isTrue();
    assertThat(runner.getState()).isEqualTo(RunnerState.RUNNER_STATE_READY);
    assertThat(runner.getSpec().getPreset()).isEqualTo("small");
    assertThat(runner.getSpec().getIdleTimeout().getSeconds()).isEqualTo(300);
    var again = ensure(named("a")).getLast().getReady();
    assertThat(again.getCreated()).isFalse();
    assertThat(again.getRunner()).isEqualTo(runner);
    assertThat(anna.getRunner(GetRunnerRequest.newBuilder().setName("a").build()).getRunner())
        .isEqualTo(runner);
  }

  @Test
  void a_conflict_names_the_field_and_a_way_on() {
    ensure(named("a"));

    Errors error =
        Errors.from(() -> ensure(named("a").setSpec(RunnerSpec.newBuilder().setPreset("large"))));
    assertThat(error.code()).isEqualTo(Code.ALREADY_EXISTS);
    assertThat(error.reason()).isEqualTo("SPEC_CONFLICT");
    assertThat(error.field()).isEqualTo("spec.preset");
    assertThat(Errors.from(() -> ensure(named("a").setMustBeNew(true))).reason())
        .isEqualTo("RUNNER_EXISTS");
  }

  @Test
  void a_bad_spec_is_refused() {
    assertThat(fieldOf(RunnerSpec.newBuilder().setPreset("huge"))).isEqualTo("spec.preset");
    assertThat(fieldOf(RunnerSpec.newBuilder().setCpuMillis(1))).isEqualTo("spec.cpu_millis");
    assertThat(fieldOf(RunnerSpec.newBuilder().setMemoryBytes(1))).isEqualTo("spec.memory_bytes");
    RunnerSpec.Builder idle = RunnerSpec.newBuilder();
    idle.getIdleTimeoutBuilder().setSeconds(-2);
    assertThat(fieldOf(idle)).isEqualTo("spec.idle_timeout");
  }

  private String fieldOf(RunnerSpec.Builder spec) {
    Errors error = Errors.from(() -> ensure(named("x").setSpec(spec)));
    assertThat(error.code()).isEqualTo(Code.INVALID_ARGUMENT);
    return error.field();
  }

  @Test
  void a_list_comes_in_pages_and_by_labels() {
    for (String name : List.of("c", "a", "b", "d")) {
      ensure(named(name).putLabels("odd", String.valueOf(name.equals("a") || name.equals("c"))));
    }
    var first = anna.listRunners(ListRunnersRequest.newBuilder().setPageSize(3).build());
    var second =
        anna.listRunners(
            ListRunnersRequest.newBuilder()
                .setPageSize(3)
                .setPageToken(first.getNextPageToken())
                .build());

    assertThat(first.getRunnersList()).extracting(Runner::getName).containsExactly("a", "b", "c");
    assertThat(second.getRunnersList()).extracting(Runner::getName).containsExactly("d");
    assertThat(second.getNextPageToken()).isEmpty();
    assertThat(
            anna.listRunners(ListRunnersRequest.newBuilder().putLabels("odd", "true").build())
                .getRunnersList())
        .extracting(Runner::getName)
        .containsExactly("a", "c");
  }

  @Test
  void a_delete_by_another_uid_deletes_nothing() {
    ensure(named("a"));
    var wrong = DeleteRunnerRequest.newBuilder().setName("a").setUid("another").build();

    Errors error = Errors.from(() -> anna.deleteRunner(wrong));
    assertThat(error.code()).isEqualTo(Code.ABORTED);
    assertThat(error.reason()).isEqualTo("UID_MISMATCH");
    anna.deleteRunner(DeleteRunnerRequest.newBuilder().setName("a").build());
    assertThat(
            Errors.from(
                    () -> anna.deleteRunner(DeleteRunnerRequest.newBuilder().setName("a").build()))
                .reason())
        .isEqualTo("RUNNER_NOT_FOUND");
  }
}
