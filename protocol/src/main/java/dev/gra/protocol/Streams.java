package dev.gra.protocol;

import dev.gra.v1.Cursors;
import dev.gra.v1.Stream;

/** Small helpers over {@link Stream}. */
public final class Streams {
  /** The streams in the order in which they are looked at. */
  public static final java.util.List<Stream> ALL =
      java.util.List.of(Stream.STREAM_STDOUT, Stream.STREAM_STDERR);

  /**
   * 0 for stdout, 1 for stderr.
   *
   * @throws ProtocolException if it is neither
   */
  public static int index(Stream stream) {
    return switch (stream) {
      case STREAM_STDOUT -> 0;
      case STREAM_STDERR -> 1;
      case STREAM_UNSPECIFIED, UNRECOGNIZED -> throw new ProtocolException("unknown stream");
    };
  }

  /** The cursor of a stream. */
  public static long cursor(Cursors cursors, Stream stream) {
    return index(stream) == 0 ? cursors.getStdout() : cursors.getStderr();
  }

  private Streams() {}
}
