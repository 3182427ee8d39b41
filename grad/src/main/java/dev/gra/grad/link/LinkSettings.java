package dev.gra.grad.link;

import dev.gra.protocol.Limits;
import java.time.Duration;
import java.util.Objects;

/**
 * How links are kept.
 *
 * @param software who we are, for runnerd's log
 * @param hello how long runnerd may take to say who it is
 * @param ping how often we give a sign of life
 * @param silence after how long without any byte runnerd is held to be gone
 * @param idle how long a link without channels is kept
 */
public record LinkSettings(
    String software, Duration hello, Duration ping, Duration silence, Duration idle) {
  public LinkSettings {
    Objects.requireNonNull(software);
    for (Duration duration : new Duration[] {hello, ping, silence, idle}) {
      if (!duration.isPositive()) {
        throw new IllegalArgumentException("not positive: " + duration);
      }
    }
  }

  public static LinkSettings standard(String software) {
    return new LinkSettings(
        software, Duration.ofSeconds(10), Limits.PING_EVERY, Limits.SILENCE, Duration.ofMinutes(1));
  }

  /** The same, but for how long an unused link is kept. */
  public LinkSettings idle(Duration newIdle) {
    return new LinkSettings(software, hello, ping, silence, newIdle);
  }
}
