package dev.gra.client;

import dev.gra.v1.CancelExecRequest;
import dev.gra.v1.Exec;
import dev.gra.v1.ExecServiceGrpc;
import dev.gra.v1.GetExecRequest;
import dev.gra.v1.ListExecsRequest;
import dev.gra.v1.ListExecsResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Looking at execs and cancelling them from outside. */
public final class Execs {
  private static final Duration QUICK = Duration.ofSeconds(30);
  private static final Duration CANCELLATION = Duration.ofSeconds(60);

  private final GraClient client;

  Execs(GraClient client) {
    this.client = client;
  }

  /** One exec. */
  public Exec get(String runner, String execId) {
    var request = GetExecRequest.newBuilder().setRunner(runner).setExecId(execId).build();
    return Retries.call(client, channel -> stub(channel, QUICK).getExec(request).getExec());
  }

  /** A runner's execs, newest first, over as many pages as it takes but at most {@code limit}. */
  public List<Exec> list(String runner, int limit) {
    List<Exec> execs = new ArrayList<>();
    String page = "";
    do {
      var request =
          ListExecsRequest.newBuilder()
              .setRunner(runner)
              .setPageSize(Math.clamp(limit - execs.size(), 1, 1000))
              .setPageToken(page)
              .build();
      ListExecsResponse response =
          Retries.call(client, channel -> stub(channel, QUICK).listExecs(request));
      execs.addAll(response.getExecsList());
      page = response.getNextPageToken();
    } while (!page.isEmpty() && execs.size() < limit);
    return execs;
  }

  /**
   * Ends an exec; returns when it has ended.
   *
   * @param by who or why, for the ending
   */
  public Exec cancel(String runner, String execId, String by) {
    var request =
        CancelExecRequest.newBuilder().setRunner(runner).setExecId(execId).setBy(by).build();
    return Retries.call(
        client, channel -> stub(channel, CANCELLATION).cancelExec(request).getExec());
  }

  private static ExecServiceGrpc.ExecServiceBlockingStub stub(
      io.grpc.Channel channel, Duration deadline) {
    return ExecServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(deadline.toSeconds(), TimeUnit.SECONDS);
  }
}
