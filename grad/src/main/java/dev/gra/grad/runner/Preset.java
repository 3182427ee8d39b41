package dev.gra.grad.runner;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A size by name. */
public enum Preset {
  SMALL(2_000, 2L << 30),
  MEDIUM(4_000, 8L << 30),
  LARGE(8_000, 32L << 30);

  private final int cpuMillis;
  private final long memoryBytes;

  Preset(int cpuMillis, long memoryBytes) {
    this.cpuMillis = cpuMillis;
    this.memoryBytes = memoryBytes;
  }

  public static Preset named(String name) {
    return Arrays.stream(values())
        .filter(preset -> preset.label().equals(name))
        .findFirst()
        .orElseThrow(() -> new InvalidFieldException("spec.preset", "one of " + all()));
  }

  private static String all() {
    return Arrays.stream(values()).map(Preset::label).collect(Collectors.joining(", "));
  }

  /** The name in the public API. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public int cpuMillis() {
    return cpuMillis;
  }

  public long memoryBytes() {
    return memoryBytes;
  }
}
