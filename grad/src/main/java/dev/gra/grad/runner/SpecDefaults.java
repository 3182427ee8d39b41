package dev.gra.grad.runner;

import java.time.Duration;
import java.util.Objects;

/** What a server fills in where a client says nothing. */
public record SpecDefaults(Preset preset, String image, IdleTimeout idleTimeout) {
  public static final SpecDefaults STANDARD =
      new SpecDefaults(Preset.SMALL, "", IdleTimeout.after(Duration.ofMinutes(5)));

  public SpecDefaults {
    Objects.requireNonNull(preset);
    RunnerSpec.checkImage(image);
    Objects.requireNonNull(idleTimeout);
  }
}
