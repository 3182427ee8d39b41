package dev.gra.grad.telemetry;

import dev.gra.v1.Ending;
import java.util.Locale;

/** Endings by name. */
public final class Endings {
  private Endings() {}

  /** E.g. {@code timed_out}. */
  public static String name(Ending ending) {
    return name(ending.getKindCase());
  }

  static String name(Ending.KindCase kind) {
    return kind == Ending.KindCase.KIND_NOT_SET ? "unknown" : kind.name().toLowerCase(Locale.ROOT);
  }
}
