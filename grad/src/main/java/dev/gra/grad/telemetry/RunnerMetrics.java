package dev.gra.grad.telemetry;

import java.util.List;
import java.util.Optional;

/** What is counted and measured of the making of runners. */
public final class RunnerMetrics {
  private static final List<Double> BOUNDS =
      List.of(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0);

  private final Counter ensures;
  private final Histogram stages;

  public RunnerMetrics(Metrics metrics) {
    ensures =
        metrics.counter("gra_runner_ensures", "", "EnsureRunner, by what came of it", "outcome");
    stages =
        metrics.histogram(
            "gra_runner_creation_stage_seconds",
            "How long it took from asking, or from the stage before, to each stage of a new runner",
            BOUNDS,
            Optional.of("stage"));
  }

  /** So that it is told while nothing has come of it yet. */
  public void outcome(String outcome) {
    ensures.of(outcome);
  }

  /** Likewise. */
  public void stage(String stage) {
    stages.of(stage);
  }

  public void ensured(String outcome) {
    ensures.of(outcome).increment();
  }

  public void reached(String stage, long nanos) {
    stages.observe(stage, nanos);
  }
}
