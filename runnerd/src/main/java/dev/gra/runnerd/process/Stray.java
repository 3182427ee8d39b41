package dev.gra.runnerd.process;

import java.util.Objects;

/**
 * A living process of an exec's tree that is not its main process.
 *
 * @param pid its id
 * @param startTime when it started, in clock ticks since boot; pid and startTime name one process
 * @param name its name, at most 15 bytes, for people
 */
public record Stray(int pid, long startTime, String name) {
  /** Checks that there is a name. */
  public Stray {
    Objects.requireNonNull(name, "name");
  }
}
