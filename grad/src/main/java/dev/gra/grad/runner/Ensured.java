package dev.gra.grad.runner;

import java.util.Objects;

/**
 * The runner that an ensure found or made, READY. If it was made by that call its workspace is
 * empty.
 */
public record Ensured(Runner runner, boolean created) {
  public Ensured {
    Objects.requireNonNull(runner);
  }
}
