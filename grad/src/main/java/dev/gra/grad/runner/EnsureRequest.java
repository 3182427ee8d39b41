package dev.gra.grad.runner;

import java.util.Objects;

/**
 * A wish for a runner.
 *
 * @param labels of a new runner; an adopted one keeps its own
 * @param mustBeNew fail rather than adopt
 */
public record EnsureRequest(RunnerName name, Labels labels, SpecRequest spec, boolean mustBeNew) {
  public EnsureRequest {
    Objects.requireNonNull(name);
    Objects.requireNonNull(labels);
    Objects.requireNonNull(spec);
  }

  /** Whichever runner has the name, or a new one with the defaults. */
  public static EnsureRequest named(String name) {
    return new EnsureRequest(new RunnerName(name), Labels.NONE, SpecRequest.ANY, false);
  }
}
