package dev.gra.grad.api;

import com.google.protobuf.Timestamp;
import dev.gra.grad.runner.IdleTimeout;
import dev.gra.grad.runner.InvalidFieldException;
import dev.gra.grad.runner.Preset;
import dev.gra.grad.runner.SpecRequest;
import dev.gra.v1.CreationStage;
import dev.gra.v1.Runner;
import dev.gra.v1.RunnerSpec;
import dev.gra.v1.RunnerState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Runners as the API says them, and back. */
final class RunnerMessages {
  private static final com.google.protobuf.Duration NEVER =
      com.google.protobuf.Duration.newBuilder().setSeconds(-1).build();

  private RunnerMessages() {}

  static Runner runner(dev.gra.grad.runner.Runner runner) {
    return Runner.newBuilder()
        .setName(runner.name().value())
        .setUid(runner.uid().value())
        .putAllLabels(runner.labels().values())
        .setSpec(spec(runner.spec()))
        .setState(state(runner.state()))
        .setMessage(runner.message())
        .setCreateTime(timestamp(runner.created()))
        .setOwner(runner.owner().subject())
        .build();
  }

  static CreationStage stage(dev.gra.grad.runner.CreationStage stage) {
    return CreationStage.newBuilder()
        .setName(stage.name())
        .setMessage(stage.message())
        .setTime(timestamp(stage.time()))
        .build();
  }

  /** What is asked of a runner. */
  static SpecRequest request(RunnerSpec spec) {
    return new SpecRequest(
        spec.getPreset().isEmpty() ? Optional.empty() : Optional.of(Preset.named(spec.getPreset())),
        spec.getImage().isEmpty() ? Optional.empty() : Optional.of(spec.getImage()),
        spec.getCpuMillis() == 0 ? Optional.empty() : Optional.of(spec.getCpuMillis()),
        spec.getMemoryBytes() == 0 ? Optional.empty() : Optional.of(spec.getMemoryBytes()),
        spec.hasIdleTimeout() ? Optional.of(idle(spec.getIdleTimeout())) : Optional.empty(),
        DatasetMessages.request(spec.getDatasetsList()));
  }

  private static IdleTimeout idle(com.google.protobuf.Duration timeout) {
    if (timeout.equals(NEVER)) {
      return IdleTimeout.NEVER;
    }
    Duration after = Fields.duration("spec.idle_timeout", timeout);
    if (after.isNegative()) {
      throw new InvalidFieldException("spec.idle_timeout", "1 s to 7 days, or -1 s for never");
    }
    return IdleTimeout.after(after);
  }

  private static RunnerSpec spec(dev.gra.grad.runner.RunnerSpec spec) {
    return RunnerSpec.newBuilder()
        .setPreset(spec.preset().label())
        .setImage(spec.image())
        .setCpuMillis(spec.cpuMillis())
        .setMemoryBytes(spec.memoryBytes())
        .setIdleTimeout(spec.idleTimeout().after().map(RunnerMessages::duration).orElse(NEVER))
        .addAllDatasets(DatasetMessages.all(spec.datasets()))
        .build();
  }

  private static RunnerState state(dev.gra.grad.runner.RunnerState state) {
    return switch (state) {
      case CREATING -> RunnerState.RUNNER_STATE_CREATING;
      case READY -> RunnerState.RUNNER_STATE_READY;
      case RESTARTING -> RunnerState.RUNNER_STATE_RESTARTING;
      case FINISHED -> RunnerState.RUNNER_STATE_FINISHED;
      case FAILED -> RunnerState.RUNNER_STATE_FAILED;
      case DELETING -> RunnerState.RUNNER_STATE_DELETING;
    };
  }

  private static com.google.protobuf.Duration duration(Duration duration) {
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }
}
