package dev.gra.grad.local;

import dev.gra.grad.runner.InvalidFieldException;
import java.util.Arrays;
import java.util.Locale;

/** How a person wants commands kept in. */
public enum IsolationChoice {
  /** Bubblewrap where it works, else a refusal; never less. */
  AUTO,
  BUBBLEWRAP,
  /**
   * Commands run as the person who started grad, with all that this person may do. Only ever chosen
   * by name.
   */
  NONE;

  public static IsolationChoice named(String name) {
    return Arrays.stream(values())
        .filter(choice -> choice.label().equals(name))
        .findFirst()
        .orElseThrow(() -> new InvalidFieldException("isolation", "one of auto, bubblewrap, none"));
  }

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
