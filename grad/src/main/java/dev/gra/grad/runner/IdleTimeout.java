package dev.gra.grad.runner;

import java.time.Duration;
import java.util.Optional;

/** How long a runner may be idle before it ends by itself; empty means for ever. */
public record IdleTimeout(Optional<Duration> after) {
  public static final IdleTimeout NEVER = new IdleTimeout(Optional.empty());

  private static final Duration MIN = Duration.ofSeconds(1);
  private static final Duration MAX = Duration.ofDays(7);

  public IdleTimeout {
    after.ifPresent(IdleTimeout::check);
  }

  public static IdleTimeout after(Duration duration) {
    return new IdleTimeout(Optional.of(duration));
  }

  private static void check(Duration duration) {
    if (duration.compareTo(MIN) < 0 || duration.compareTo(MAX) > 0) {
      throw new InvalidFieldException("spec.idle_timeout", "1 s to 7 days, or -1 s for never");
    }
  }
}
