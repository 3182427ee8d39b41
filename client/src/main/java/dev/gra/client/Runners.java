package dev.gra.client;

import dev.gra.v1.CreationStage;
import dev.gra.v1.DeleteRunnerRequest;
import dev.gra.v1.EnsureRunnerRequest;
import dev.gra.v1.EnsureRunnerResponse;
import dev.gra.v1.GetRunnerRequest;
import dev.gra.v1.ListRunnersRequest;
import dev.gra.v1.Runner;
import dev.gra.v1.RunnerServiceGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Making, finding and deleting runners. */
public final class Runners {
  private static final Duration QUICK = Duration.ofSeconds(30);
  private static final Duration CREATION = Duration.ofMinutes(10);
  private static final Duration DELETION = Duration.ofMinutes(2);

  /**
   * A runner that is ready.
   *
   * @param runner it
   * @param created true if it was made just now: its workspace is empty
   */
  public record Ensured(Runner runner, boolean created) {}

  private final GraClient client;

  Runners(GraClient client) {
    this.client = client;
  }

  /**
   * Makes the runner if it isn't there, and returns when it is ready.
   *
   * @param stages is told what is going on, on this thread
   */
  public Ensured ensure(EnsureRunnerRequest request, Consumer<CreationStage> stages) {
    return Retries.call(
        client,
        channel -> {
          Iterator<EnsureRunnerResponse> responses =
              RunnerServiceGrpc.newBlockingStub(channel)
                  .withDeadlineAfter(CREATION.toSeconds(), TimeUnit.SECONDS)
                  .ensureRunner(request);
          while (responses.hasNext()) {
            EnsureRunnerResponse response = responses.next();
            if (response.hasReady()) {
              // The deadline must not end a call that is over: read to its end.
              responses.forEachRemaining(late -> {});
              return new Ensured(response.getReady().getRunner(), response.getReady().getCreated());
            }
            stages.accept(response.getStage());
          }
          throw GraException.of(
              "PROTOCOL", "the server ended the making of a runner without a runner", null);
        });
  }

  /** One runner by name. */
  public Runner get(String name) {
    GetRunnerRequest request = GetRunnerRequest.newBuilder().setName(name).build();
    return Retries.call(client, channel -> stub(channel, QUICK).getRunner(request).getRunner());
  }

  /** All runners that have these labels, in order of name, over as many pages as it takes. */
  public List<Runner> list(Map<String, String> labels) {
    return list(labels, false);
  }

  /** The same of all owners, for members of grad's admin group. */
  public List<Runner> listAll(Map<String, String> labels) {
    return list(labels, true);
  }

  private List<Runner> list(Map<String, String> labels, boolean ofAllOwners) {
    List<Runner> runners = new ArrayList<>();
    String page = "";
    do {
      var request =
          ListRunnersRequest.newBuilder()
              .setPageSize(1000)
              .setPageToken(page)
              .putAllLabels(labels)
              .setAllOwners(ofAllOwners)
              .build();
      var response = Retries.call(client, channel -> stub(channel, QUICK).listRunners(request));
      runners.addAll(response.getRunnersList());
      page = response.getNextPageToken();
    } while (!page.isEmpty());
    return runners;
  }

  /**
   * Deletes a runner with its workspace; returns when it is gone.
   *
   * @param uid only the runner of this uid; empty means whichever has the name
   */
  public void delete(String name, String uid) {
    var request = DeleteRunnerRequest.newBuilder().setName(name).setUid(uid).build();
    Retries.call(client, channel -> stub(channel, DELETION).deleteRunner(request));
  }

  private static RunnerServiceGrpc.RunnerServiceBlockingStub stub(
      io.grpc.Channel channel, Duration deadline) {
    return RunnerServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(deadline.toSeconds(), TimeUnit.SECONDS);
  }
}
