package dev.gra.client;

import io.grpc.Channel;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Calls that may be made twice, over a server that is just being started again. */
final class Retries {
  private static final Duration AT_MOST = Duration.ofSeconds(10);

  /**
   * Calls, again while the server is unavailable and the time isn't up.
   *
   * @throws GraException what the last try ended with
   */
  static <T> T call(GraClient client, Function<Channel, T> call) {
    long end = System.nanoTime() + AT_MOST.toNanos();
    Backoff backoff = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2));
    boolean renewed = false;
    while (true) {
      try {
        return call.apply(client.channel());
      } catch (RuntimeException e) {
        GraException failure = GraException.from(e);
        if (!renewed && client.renewedToken(failure)) {
          renewed = true;
          continue;
        }
        Duration pause = backoff.next();
        boolean again = failure.code() == Status.Code.UNAVAILABLE && !failure.ofCertificate();
        if (!again || System.nanoTime() + pause.toNanos() > end) {
          throw again ? client.unreachable(failure) : client.refused(failure);
        }
        pause(pause, failure);
      }
    }
  }

  private static void pause(Duration pause, GraException failure) {
    try {
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }

  private Retries() {}
}
