package dev.gra.grad.runner;

import java.util.Objects;
import java.util.Optional;

/**
 * What a client asks of a runner. An empty field agrees with whatever a runner has, or takes the
 * default.
 */
public record SpecRequest(
    Optional<Preset> preset,
    Optional<String> image,
    Optional<Integer> cpuMillis,
    Optional<Long> memoryBytes,
    Optional<IdleTimeout> idleTimeout,
    Optional<Datasets> datasets) {
  /** Asks for nothing. */
  public static final SpecRequest ANY =
      new SpecRequest(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  public SpecRequest {
    Objects.requireNonNull(preset);
    image.ifPresent(RunnerSpec::checkImage);
    cpuMillis.ifPresent(RunnerSpec::checkCpu);
    memoryBytes.ifPresent(RunnerSpec::checkMemory);
    Objects.requireNonNull(idleTimeout);
    Objects.requireNonNull(datasets);
  }

  /** The spec of a new runner. */
  public RunnerSpec resolve(SpecDefaults defaults) {
    var size = preset.orElse(defaults.preset());
    return new RunnerSpec(
        size,
        image.orElse(defaults.image()),
        cpuMillis.orElse(size.cpuMillis()),
        memoryBytes.orElse(size.memoryBytes()),
        idleTimeout.orElse(defaults.idleTimeout()),
        datasets.orElse(Datasets.NONE));
  }

  /** The first field, by its path in the public API, that an existing runner has otherwise. */
  public Optional<String> conflictWith(RunnerSpec has) {
    if (differs(preset, has.preset())) {
      return Optional.of("spec.preset");
    }
    if (differs(image, has.image())) {
      return Optional.of("spec.image");
    }
    if (differs(cpuMillis, has.cpuMillis())) {
      return Optional.of("spec.cpu_millis");
    }
    if (differs(memoryBytes, has.memoryBytes())) {
      return Optional.of("spec.memory_bytes");
    }
    if (differs(idleTimeout, has.idleTimeout())) {
      return Optional.of("spec.idle_timeout");
    }
    return differs(datasets, has.datasets()) ? Optional.of("spec.datasets") : Optional.empty();
  }

  private static <T> boolean differs(Optional<T> wanted, T has) {
    return wanted.isPresent() && !wanted.get().equals(has);
  }
}
