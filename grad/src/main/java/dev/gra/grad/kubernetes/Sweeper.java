package dev.gra.grad.kubernetes;

import dev.gra.grad.runner.RunnerException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Deletes the pods of runners that are over, by uid: any number of grads may sweep. */
final class Sweeper implements AutoCloseable {
  /** For a person to see why it ended. */
  private static final Duration KEPT = Duration.ofMinutes(5);

  private static final long PERIOD_SECONDS = 30;
  private static final System.Logger LOG = System.getLogger(Sweeper.class.getName());

  private final Cluster cluster;
  private final PodStore pods;
  private final ScheduledExecutorService scheduler =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("pod-sweeper").factory());

  Sweeper(Cluster cluster, PodStore pods) {
    this.cluster = cluster;
    this.pods = pods;
    var _ =
        scheduler.scheduleWithFixedDelay(
            this::sweep, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  private void sweep() {
    var limit = Instant.now().minus(KEPT);
    for (var pod : pods.all()) {
      if (!pod.state().live() && !pod.terminating() && over(pod).isBefore(limit)) {
        delete(pod);
      }
    }
  }

  /** An evicted pod has no container that ended. */
  private static Instant over(PodView pod) {
    return pod.finished().orElseGet(() -> pod.runner().created());
  }

  private void delete(PodView pod) {
    try {
      if (!cluster.delete(pod.podName(), pod.uid().value(), Duration.ZERO)) {
        pods.gone(pod.podName(), pod.uid());
      }
    } catch (RunnerException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "runner "
              + pod.annotations().name()
              + " is over, its pod can't be deleted: "
              + e.getMessage());
    }
  }

  @Override
  public void close() {
    scheduler.shutdownNow();
  }
}
