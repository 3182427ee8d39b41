package dev.gra.client;

import com.google.protobuf.ByteString;
import dev.gra.v1.Stream;
import java.io.IOException;

/** Where a command's output goes. Called by one thread, in each stream's order. */
public interface OutputSink {
  /**
   * Takes bytes. When this returns they are consumed: the runner may forget them.
   *
   * @param offset absolute offset of the first byte
   * @throws IOException if this stream can take no more; the command is told so, the others go on
   */
  void write(Stream stream, long offset, ByteString data) throws IOException;

  /**
   * The stream has ended and the command goes on: nothing more comes of it. Told once, after its
   * last byte, and only by a server and a runner that know of it ({@code Started.output_ends}). Of
   * a stream that ends with its command this need not be told.
   *
   * @param offset how many bytes the stream had
   * @throws IOException if this can't be passed on, as by {@link #write}
   */
  default void end(Stream stream, long offset) throws IOException {}

  /**
   * The bytes {@code from} up to {@code to} will not come. That may be said to an observer, and of
   * an exec that doesn't wait for its readers; to others it is never said, which is the default.
   */
  default void gap(Stream stream, long from, long to) {
    throw new IllegalStateException(
        "a gap in %s from %d to %d, where none may be".formatted(stream, from, to));
  }
}
