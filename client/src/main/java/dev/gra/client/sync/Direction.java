package dev.gra.client.sync;

/** Where changes go. */
public enum Direction {
  /** From here into the runner. */
  UP,
  /** From the runner to here. */
  DOWN;

  /** As it is said. */
  public String text() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
