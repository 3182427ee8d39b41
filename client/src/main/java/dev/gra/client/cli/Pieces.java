package dev.gra.client.cli;

import java.nio.charset.StandardCharsets;

/**
 * How content of a length not known before goes to a script's stdin with its SHA-256 after it: in
 * pieces, each after a line with its length; after a last one of 0 comes the line with the digest.
 * A shell reads that without looking at a byte twice.
 */
final class Pieces {
  /** A program of the script's passes each piece on, so they are few; both sides hold one. */
  static final int MOST_BYTES = 8 << 20;

  /** The longest {@link #header}. */
  static final int HEADER_BYTES = header(MOST_BYTES).length;

  /** The length of {@link #end}. */
  static final int END_BYTES = end("0".repeat(64)).length;

  static byte[] header(int length) {
    return line(Integer.toString(length));
  }

  static byte[] end(String sum) {
    return line("0\n" + sum);
  }

  private static byte[] line(String text) {
    return (text + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  private Pieces() {}
}
