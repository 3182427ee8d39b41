package dev.gra.grad.runner;

import java.time.Instant;
import java.util.Objects;

/** A step of making a runner, told as it happens. The message may be empty. */
public record CreationStage(String name, String message, Instant time) {
  public static final String ACCEPTED = "accepted";
  public static final String WAITING = "waiting";
  public static final String SCHEDULED = "scheduled";
  public static final String PULLING = "pulling";
  public static final String STARTED = "started";
  public static final String READY = "ready";

  public CreationStage {
    Objects.requireNonNull(name);
    Objects.requireNonNull(message);
    Objects.requireNonNull(time);
  }
}
