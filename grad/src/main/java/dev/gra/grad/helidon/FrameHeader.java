package dev.gra.grad.helidon;

/**
 * The header of an HTTP/2 frame.
 *
 * @param length of what follows the header
 */
record FrameHeader(int length, int type, int flags, int stream) {
  static final int BYTES = 9;
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final byte WINDOW_UPDATE = 8;
  private static final int END_STREAM = 1;

  /** Where the bytes of a frame are. */
  @FunctionalInterface
  interface Bytes {
    int at(int index);
  }

  static FrameHeader of(Bytes bytes) {
    return new FrameHeader(
        number(bytes, 0, 3),
        number(bytes, 3, 1),
        number(bytes, 4, 1),
        number(bytes, 5, 4) & Integer.MAX_VALUE);
  }

  int frameBytes() {
    return BYTES + length;
  }

  boolean endsStream() {
    return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
  }

  private static int number(Bytes bytes, int from, int count) {
    int number = 0;
    for (int i = from; i < from + count; i++) {
      number = (number << 8) | (bytes.at(i) & 0xff);
    }
    return number;
  }
}
