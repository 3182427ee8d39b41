package dev.gra.protocol;

/**
 * A run's random decisions, read from bytes: fewer or smaller bytes make a simpler run, so that
 * jqwik can shrink a failing one. When they are used up, every decision is the plain one, 0.
 */
final class Choices {
  private static final long[] EDGES = {
    -1,
    Long.MIN_VALUE,
    Long.MIN_VALUE + 1,
    Long.MAX_VALUE,
    Long.MAX_VALUE - 1,
    Long.MAX_VALUE - Limits.CHUNK_BYTES,
    Long.MAX_VALUE - Limits.MAX_WINDOW_BYTES,
    1L << 62,
    (1L << 62) + 1,
    1L << 32,
    Limits.MAX_WINDOW_BYTES,
    Limits.MAX_WINDOW_BYTES + 1,
    Limits.STDIN_WINDOW_BYTES,
    Limits.STDIN_WINDOW_BYTES + 1
  };

  private final byte[] bytes;
  private int at;

  Choices(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  boolean exhausted() {
    return at >= bytes.length;
  }

  /** A number from 0 to {@code bound - 1}. */
  int below(int bound) {
    int value = octet();
    for (int reach = 256; reach < bound; reach *= 256) {
      value = value * 256 + octet();
    }
    return (value & Integer.MAX_VALUE) % bound;
  }

  int between(int least, int most) {
    return least + below(most - least + 1);
  }

  /** Rarely true; never once the bytes are used up. */
  boolean oneIn(int times) {
    return below(times) == times - 1 && times > 1;
  }

  /** An offset as an enemy likes it: near what is usual, or at the edge of what a long can say. */
  long offset(long near) {
    return switch (below(4)) {
      case 0 -> near;
      case 1 -> near + between(-3, 3);
      case 2 -> below(100_000);
      default -> EDGES[below(EDGES.length)];
    };
  }

  private int octet() {
    return at < bytes.length ? bytes[at++] & 0xff : 0;
  }
}
