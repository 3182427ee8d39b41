package dev.gra.client;

import dev.gra.v1.CreationStage;
import dev.gra.v1.DeleteRunnerRequest;
import dev.gra.v1.DeleteRunnerResponse;
import dev.gra.v1.EnsureRunnerRequest;
import dev.gra.v1.EnsureRunnerResponse;
import dev.gra.v1.ListRunnersRequest;
import dev.gra.v1.ListRunnersResponse;
import dev.gra.v1.Runner;
import dev.gra.v1.RunnerServiceGrpc;
import dev.gra.v1.RunnerState;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Runners that are nothing but names. Pages hold two, so that paging shows. */
public final class FakeRunners extends RunnerServiceGrpc.RunnerServiceImplBase {
  private static final int PAGE = 2;

  public final Map<String, Runner> runners = new ConcurrentSkipListMap<>();

  @Override
  public void ensureRunner(
      EnsureRunnerRequest request, StreamObserver<EnsureRunnerResponse> responses) {
    boolean created = !runners.containsKey(request.getName());
    Runner runner =
        runners.computeIfAbsent(
            request.getName(),
            name ->
                Runner.newBuilder()
                    .setName(name)
                    .setUid("uid-of-" + name)
                    .setSpec(request.getSpec())
                    .setState(RunnerState.RUNNER_STATE_READY)
                    .build());
    responses.onNext(
        EnsureRunnerResponse.newBuilder()
            .setStage(CreationStage.newBuilder().setName("accepted"))
            .build());
    responses.onNext(
        EnsureRunnerResponse.newBuilder()
            .setReady(EnsureRunnerResponse.Ready.newBuilder().setRunner(runner).setCreated(created))
            .build());
    responses.onCompleted();
  }

  @Override
  public void listRunners(
      ListRunnersRequest request, StreamObserver<ListRunnersResponse> responses) {
    var page =
        runners.values().stream()
            .filter(runner -> runner.getName().compareTo(request.getPageToken()) > 0)
            .limit(PAGE)
            .toList();
    var response = ListRunnersResponse.newBuilder().addAllRunners(page);
    if (page.size() == PAGE) {
      response.setNextPageToken(page.getLast().getName());
    }
    responses.onNext(response.build());
    responses.onCompleted();
  }

  @Override
  public void deleteRunner(
      DeleteRunnerRequest request, StreamObserver<DeleteRunnerResponse> responses) {
    runners.remove(request.getName());
    responses.onNext(DeleteRunnerResponse.getDefaultInstance());
    responses.onCompleted();
  }
}
