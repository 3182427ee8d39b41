package dev.gra.grad.api;

import dev.gra.grad.runner.EnsureRequest;
import dev.gra.grad.runner.Ensured;
import dev.gra.grad.runner.Labels;
import dev.gra.grad.runner.Runner;
import dev.gra.grad.runner.RunnerName;
import dev.gra.grad.runner.RunnerRuntime;
import dev.gra.grad.runner.RunnerUid;
import dev.gra.grad.telemetry.Log;
import dev.gra.grad.telemetry.RunnerMetrics;
import dev.gra.v1.DeleteRunnerRequest;
import dev.gra.v1.DeleteRunnerResponse;
import dev.gra.v1.EnsureRunnerRequest;
import dev.gra.v1.EnsureRunnerResponse;
import dev.gra.v1.GetRunnerRequest;
import dev.gra.v1.GetRunnerResponse;
import dev.gra.v1.ListRunnersRequest;
import dev.gra.v1.ListRunnersResponse;
import dev.gra.v1.RunnerServiceGrpc.RunnerServiceImplBase;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;

/** RunnerService. Its calls block their own stream only: their clients have said all they will. */
final class RunnerEndpoint extends RunnerServiceImplBase {
  private static final Log LOG = Log.of(RunnerEndpoint.class);

  private final RunnerRuntime runtime;
  private final RunnerMetrics metrics;

  RunnerEndpoint(RunnerRuntime runtime, RunnerMetrics metrics) {
    this.runtime = runtime;
    this.metrics = metrics;
    CreationMetrics.declare(metrics);
  }

  @Override
  public void ensureRunner(
      EnsureRunnerRequest request, StreamObserver<EnsureRunnerResponse> client) {
    EnsureRequest wish =
        new EnsureRequest(
            Fields.runner("name", request.getName()),
            new Labels(request.getLabelsMap()),
            RunnerMessages.request(request.getSpec()),
            request.getMustBeNew());
    Ensured ensured = ensured(wish, client);
    LOG.info(
        ensured.created() ? "runner made" : "runner adopted",
        "runner",
        ensured.runner().name(),
        "uid",
        ensured.runner().uid());
    client.onNext(
        EnsureRunnerResponse.newBuilder()
            .setReady(
                EnsureRunnerResponse.Ready.newBuilder()
                    .setRunner(RunnerMessages.runner(ensured.runner()))
                    .setCreated(ensured.created()))
            .build());
    client.onCompleted();
  }

  private Ensured ensured(EnsureRequest wish, StreamObserver<EnsureRunnerResponse> client) {
    CreationMetrics creation = new CreationMetrics(metrics);
    try (CreationSpan span = new CreationSpan(CallContext.RPC.get())) {
      Ensured ensured =
          runtime.ensure(
              CallContext.owner(),
              wish,
              stage -> {
                creation.reached(stage);
                span.reached(stage);
                client.onNext(
                    EnsureRunnerResponse.newBuilder()
                        .setStage(RunnerMessages.stage(stage))
                        .build());
              });
      creation.done(ensured);
      return ensured;
    } catch (RuntimeException e) {
      creation.failed(e);
      throw e;
    }
  }

  @Override
  public void getRunner(GetRunnerRequest request, StreamObserver<GetRunnerResponse> client) {
    Runner runner = runtime.get(CallContext.owner(), Fields.runner("name", request.getName()));
    client.onNext(GetRunnerResponse.newBuilder().setRunner(RunnerMessages.runner(runner)).build());
    client.onCompleted();
  }

  @Override
  public void listRunners(ListRunnersRequest request, StreamObserver<ListRunnersResponse> client) {
    int size = Fields.pageSize(request.getPageSize());
    Labels labels = new Labels(request.getLabelsMap());
    Optional<ListPosition> after = ListPosition.parse(request.getPageToken());
    List<Runner> rest =
        runners(request.getAllOwners()).stream()
            .filter(runner -> after.isEmpty() || after.get().isBefore(runner))
            .filter(runner -> runner.labels().containsAll(labels))
            .sorted(ListPosition.ORDER)
            .limit(size + 1L)
            .toList();
    List<Runner> page = rest.subList(0, Math.min(size, rest.size()));
    ListRunnersResponse.Builder response = ListRunnersResponse.newBuilder();
    page.forEach(runner -> response.addRunners(RunnerMessages.runner(runner)));
    if (rest.size() > page.size()) {
      response.setNextPageToken(ListPosition.of(page.getLast()).token());
    }
    client.onNext(response.build());
    client.onCompleted();
  }

  private List<Runner> runners(boolean ofAllOwners) {
    if (ofAllOwners) {
      CallContext.caller().requireAdmin();
      return runtime.listAll();
    }
    return runtime.list(CallContext.owner());
  }

  @Override
  public void deleteRunner(
      DeleteRunnerRequest request, StreamObserver<DeleteRunnerResponse> client) {
    RunnerName name = Fields.runner("name", request.getName());
    Optional<RunnerUid> uid =
        request.getUid().isEmpty()
            ? Optional.empty()
            : Optional.of(Fields.uid("uid", request.getUid()));
    runtime.delete(CallContext.owner(), name, uid);
    LOG.info("runner deleted", "runner", name, "uid", request.getUid());
    client.onNext(DeleteRunnerResponse.getDefaultInstance());
    client.onCompleted();
  }
}
