package dev.gra.grad.telemetry;

import dev.gra.v1.Ending;
import java.util.Locale;

/** Endings by name. */
public final class Endings {
  private Endings() {}

  /** E.g. {@code timed_out}. */
  public static String name(Ending ending) {
    return ending.getKindCase() == Ending.KindCase.KIND_NOT_SET
        ? "unknown"
        : ending.getKindCase().name().toLowerCase(Locale.ROOT);
  }
}
