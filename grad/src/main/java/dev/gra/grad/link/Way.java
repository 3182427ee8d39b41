package dev.gra.grad.link;

import java.nio.channels.ByteChannel;
import java.time.Instant;

/** The way to a runner's runnerd. */
@FunctionalInterface
public interface Way {
  /** A new byte stream, on which nothing has been said. */
  ByteChannel connect();

  /** Whether the runner's container, which ended after {@code since}, had run out of memory. */
  default boolean ranOutOfMemory(Instant since) {
    return false;
  }
}
