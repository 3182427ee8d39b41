package dev.gra.grad.telemetry;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * A part of a call that took its time: a span of its own.
 *
 * @param name of the span
 * @param begun when
 * @param over when
 * @param moments what happened meanwhile, as the span's events
 */
public record Step(String name, Instant begun, Instant over, List<Moment> moments) {
  /** Something that happened at a time. */
  public record Moment(String name, Instant time) {
    public Moment {
      Objects.requireNonNull(name);
      Objects.requireNonNull(time);
    }
  }

  public Step {
    Objects.requireNonNull(name);
    Objects.requireNonNull(begun);
    Objects.requireNonNull(over);
    moments = List.copyOf(moments);
  }

  /** One in which nothing happened, and which is over now. */
  public static Step since(String name, Instant begun) {
    return new Step(name, begun, Instant.now(), List.of());
  }
}
