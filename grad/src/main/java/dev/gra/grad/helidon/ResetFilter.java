package dev.gra.grad.helidon;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * What a client sends, without the resets that have nothing to reset, and without the data that
 * comes after a reset: gRPC's own client ends its half of a call that it has just reset, now and
 * then. Chunks pass as they are as long as nothing in them is one of these and no header of a frame
 * is cut.
 *
 * <p>A reset is judged when Helidon asks for it, never earlier: until Helidon has done with what
 * came before, the server may still end the stream, and Helidon forget it.
 */
final class ResetFilter implements Supplier<byte[]> {
  /** The client's part of the connection preface, which no frame header precedes. */
  static final int PREFACE_BYTES = 24;

  private static final byte[] NOTHING = {};
  private static final int RESET_BYTES = FrameHeader.BYTES + 4;

  private final Supplier<byte[]> source;
  private final OpenStreams streams;
  private final IntConsumer dropped;
  private byte[] chunk = NOTHING;
  // What is before was handed on; what is before `frame` may be.
  private int kept;
  // Where the next frame begins; beyond the chunk if the frame before goes on in the next one.
  private int frame = PREFACE_BYTES;

  /**
   * @param source gives chunks of bytes, null at the end
   * @param dropped told of bytes that count against the connection's window, and nobody will read
   */
  ResetFilter(Supplier<byte[]> source, OpenStreams streams, IntConsumer dropped) {
    this.source = source;
    this.streams = streams;
    this.dropped = dropped;
  }

  /** The next bytes, at least one; null at the end. */
  @Override
  public byte[] get() {
    while (true) {
      if (pass()) {
        return taken();
      }
      byte[] more = source.get();
      if (more == null) {
        return null;
      }
      append(more);
    }
  }

  /** Goes on as far as frames may be handed on; false if that is nowhere yet. */
  private boolean pass() {
    while (frame + FrameHeader.BYTES <= chunk.length) {
      FrameHeader header = FrameHeader.of(index -> chunk[frame + index]);
      if (header.type() == FrameHeader.RST_STREAM && header.frameBytes() == RESET_BYTES) {
        if (frame > kept || chunk.length < frame + RESET_BYTES) {
          break;
        }
        frame += RESET_BYTES;
        if (!streams.resetByClient(header.stream())) {
          kept = frame;
        }
      } else if (header.type() == FrameHeader.DATA && streams.isReset(header.stream())) {
        if (frame > kept || chunk.length < frame + header.frameBytes()) {
          break;
        }
        frame += header.frameBytes();
        kept = frame;
        dropped.accept(header.length());
      } else {
        note(header);
        frame += header.frameBytes();
      }
    }
    return Math.min(frame, chunk.length) > kept;
  }

  private void note(FrameHeader header) {
    if (header.type() == FrameHeader.HEADERS) {
      streams.opened(header.stream());
    }
    if (header.endsStream()) {
      streams.endedByClient(header.stream());
    }
  }

  private byte[] taken() {
    int end = Math.min(frame, chunk.length);
    byte[] taken = kept == 0 && end == chunk.length ? chunk : Arrays.copyOfRange(chunk, kept, end);
    kept = end;
    return taken;
  }

  private void append(byte[] more) {
    int left = chunk.length - kept;
    frame -= kept;
    kept = 0;
    if (left == 0) {
      chunk = more;
    } else {
      byte[] joined = Arrays.copyOfRange(chunk, chunk.length - left, chunk.length + more.length);
      System.arraycopy(more, 0, joined, left, more.length);
      chunk = joined;
    }
  }
}
