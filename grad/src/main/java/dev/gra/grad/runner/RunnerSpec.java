package dev.gra.grad.runner;

import java.util.Objects;

/** What a runner is, with every default filled in. An empty image is the runtime's own. */
public record RunnerSpec(
    Preset preset,
    String image,
    int cpuMillis,
    long memoryBytes,
    IdleTimeout idleTimeout,
    Datasets datasets) {
  private static final int MIN_CPU = 100;
  private static final int MAX_CPU = 256_000;
  private static final long MIN_MEMORY = 128L << 20;
  private static final int MAX_IMAGE = 512;

  public RunnerSpec {
    Objects.requireNonNull(preset);
    Objects.requireNonNull(idleTimeout);
    Objects.requireNonNull(datasets);
    checkImage(image);
    checkCpu(cpuMillis);
    checkMemory(memoryBytes);
  }

  static void checkImage(String image) {
    if (image.length() > MAX_IMAGE || !image.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new InvalidFieldException("spec.image", "not the name of a container image");
    }
  }

  static void checkCpu(int millis) {
    if (millis < MIN_CPU || millis > MAX_CPU) {
      throw new InvalidFieldException("spec.cpu_millis", MIN_CPU + " to " + MAX_CPU);
    }
  }

  static void checkMemory(long bytes) {
    if (bytes < MIN_MEMORY) {
      throw new InvalidFieldException("spec.memory_bytes", "at least " + MIN_MEMORY);
    }
  }
}
