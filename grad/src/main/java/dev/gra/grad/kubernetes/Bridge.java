package dev.gra.grad.kubernetes;

import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.Pair;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The way to a runner's runnerd: a program in its pod that joins stdio and runnerd's socket. */
final class Bridge {
  private static final String PROGRAM = "/opt/gra/bin/bridge";

  /** What socat says at its start, when it is connected to the socket. */
  private static final String CONNECTED = "starting data transfer loop";

  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private Bridge() {}

  /**
   * A stream to runnerd, on which nothing has been said yet.
   *
   * @throws ExecRefused if the pod isn't there, or runnerd doesn't listen
   */
  static ByteChannel open(Cluster cluster, String podName) throws ExecRefused {
    var streams = cluster.streams();
    var path = "/api/v1/namespaces/" + cluster.namespace() + "/pods/" + podName + "/exec";
    var query =
        List.of(
            new Pair("container", PodNames.CONTAINER),
            new Pair("command", PROGRAM),
            new Pair("stdin", "true"),
            new Pair("stdout", "true"),
            new Pair("stderr", "true"));
    try {
      var request =
          streams.buildRequest(
              null,
              path,
              "GET",
              query,
              List.of(),
              null,
              new HashMap<>(),
              Map.of(),
              Map.of(),
              new String[] {"BearerToken"},
              null);
      var channel = ExecChannel.open(streams.getHttpClient(), request);
      try {
        channel.awaitSign(CONNECTED, PATIENCE);
        return channel;
      } catch (ExecRefused e) {
        channel.close();
        throw e;
      }
    } catch (ApiException e) {
      throw new ExecRefused(e.getCode(), ClusterFailure.message(e));
    }
  }
}
