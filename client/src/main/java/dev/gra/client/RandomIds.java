package dev.gra.client;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** New names, for execs above all: random UUIDs (RFC 9562, version 4). */
public final class RandomIds {
  private static final Path KERNEL = Path.of("/dev/urandom");
  private static final long VERSION_MASK = 0xf000;
  private static final long VERSION_4 = 0x4000;
  private static final long VARIANT_MASK = 3L << 62;
  private static final long VARIANT = 1L << 63;

  /** A new one. The JDK's own source of random numbers takes 20 ms to begin. */
  public static String next() {
    try (var random = new DataInputStream(Files.newInputStream(KERNEL))) {
      long high = (random.readLong() & ~VERSION_MASK) | VERSION_4;
      long low = (random.readLong() & ~VARIANT_MASK) | VARIANT;
      return new UUID(high, low).toString();
    } catch (IOException e) {
      // Not on this system.
      return UUID.randomUUID().toString();
    }
  }

  private RandomIds() {}
}
