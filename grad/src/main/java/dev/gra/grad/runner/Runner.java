package dev.gra.grad.runner;

import java.time.Instant;
import java.util.Objects;

/** A runner as it was when looked at. */
public record Runner(
    Owner owner,
    RunnerName name,
    RunnerUid uid,
    Labels labels,
    RunnerSpec spec,
    RunnerState state,
    String message,
    Instant created) {
  public Runner {
    Objects.requireNonNull(owner);
    Objects.requireNonNull(name);
    Objects.requireNonNull(uid);
    Objects.requireNonNull(labels);
    Objects.requireNonNull(spec);
    Objects.requireNonNull(state);
    Objects.requireNonNull(message);
    Objects.requireNonNull(created);
  }
}
