package dev.gra.grad.api;

import dev.gra.grad.runner.CreationStage;
import dev.gra.grad.runner.Ensured;
import dev.gra.grad.runner.InvalidFieldException;
import dev.gra.grad.runner.RunnerException;
import dev.gra.grad.runner.RunnerFailure;
import dev.gra.grad.telemetry.RunnerMetrics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One EnsureRunner, measured: how long each stage took of a runner that is made, and the end. */
final class CreationMetrics {
  private static final List<String> STAGES =
      List.of(
          CreationStage.ACCEPTED,
          CreationStage.WAITING,
          CreationStage.SCHEDULED,
          CreationStage.PULLING,
          CreationStage.STARTED,
          CreationStage.READY);

  /** What came of an EnsureRunner. */
  private enum Outcome {
    CREATED("created"),
    ADOPTED("adopted"),
    REFUSED("refused"),
    NO_ROOM("no_room"),
    START_FAILED("start_failed"),
    UNAVAILABLE("unavailable"),
    INTERNAL("internal");

    private final String label;

    Outcome(String label) {
      this.label = label;
    }
  }

  private final RunnerMetrics metrics;
  private final Map<String, Long> stages = new LinkedHashMap<>();
  private long last = System.nanoTime();

  CreationMetrics(RunnerMetrics metrics) {
    this.metrics = metrics;
  }

  /** All that may be told of creations is told from the beginning, as 0. */
  static void declare(RunnerMetrics metrics) {
    STAGES.forEach(metrics::stage);
    for (Outcome outcome : Outcome.values()) {
      metrics.outcome(outcome.label);
    }
  }

  void reached(CreationStage stage) {
    long now = System.nanoTime();
    // A runtime's other words, if it has any, are nobody's label.
    if (STAGES.contains(stage.name())) {
      stages.merge(stage.name(), now - last, Long::sum);
    }
    last = now;
  }

  void done(Ensured ensured) {
    if (ensured.created()) {
      stages.forEach(metrics::reached);
    }
    ended(ensured.created() ? Outcome.CREATED : Outcome.ADOPTED);
  }

  void failed(RuntimeException failure) {
    ended(
        switch (failure) {
          case RunnerException e -> outcome(e.failure());
          case InvalidFieldException _ -> Outcome.REFUSED;
          default -> Outcome.INTERNAL;
        });
  }

  private void ended(Outcome outcome) {
    metrics.ensured(outcome.label);
  }

  private static Outcome outcome(RunnerFailure failure) {
    return switch (failure) {
      case RunnerFailure.Exists _,
          RunnerFailure.SpecConflict _,
          RunnerFailure.UidMismatch _,
          RunnerFailure.Unsupported _ ->
          Outcome.REFUSED;
      case RunnerFailure.NoRoom _ -> Outcome.NO_ROOM;
      case RunnerFailure.StartFailed _ -> Outcome.START_FAILED;
      case RunnerFailure.NotFound _, RunnerFailure.Gone _, RunnerFailure.Unavailable _ ->
          Outcome.UNAVAILABLE;
    };
  }
}
