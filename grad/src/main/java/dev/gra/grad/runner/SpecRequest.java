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
    Optional<IdleTimeout> idleTimeout) {
  /** Asks for nothing. */
  public static final SpecRequest ANY =
      new SpecRequest(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  public SpecRequest {
    Objects.requireNonNull(preset);
    image.ifPresent(RunnerSpec::checkImage);
    cpuMillis.ifPresent(RunnerSpec::checkCpu);
    memoryBytes.ifPresent(RunnerSpec::checkMemory);
    Objects.requireNonNull(idleTimeout);
  }

  /** The spec of a new runner. */
  public RunnerSpec resolve(SpecDefaults defaults) {
    var size = preset.orElse(defaults.preset());
    return new RunnerSpec(
        size,
        image.orElse(defaults.image()),
        cpuMillis.orElse(size.cpuMillis()),
        memoryBytes.orElse(size.memoryBytes()),
        idleTimeout.orElse(defaults.idleTimeout()));
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
    return differs(idleTimeout, has.idleTimeout())
        ? Optional.of("spec.idle_timeout")
        : Optional.empty();
  }

  private static <T> boolean differs(Optional<T> wanted, T has) {
    return wanted.isPresent() && !wanted.get().equals(has);
  }
}
