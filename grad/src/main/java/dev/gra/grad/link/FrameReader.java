package dev.gra.grad.link;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.gra.link.v1.LinkResponse;
import dev.gra.protocol.Limits;
import dev.gra.protocol.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** Reads frames: a varint length and that many bytes. Confined to one thread. */
final class FrameReader {
  private static final int BUFFER_BYTES = 128 << 10;

  private final ReadableByteChannel channel;
  private final Runnable heard;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).flip();

  /**
   * @param heard told whenever bytes came
   */
  FrameReader(ReadableByteChannel channel, Runnable heard) {
    this.channel = channel;
    this.heard = heard;
  }

  /** The next frame; null at the end of the stream between two frames. */
  LinkResponse next() throws IOException {
    if (!buffer.hasRemaining() && !fill()) {
      return null;
    }
    byte[] frame = new byte[length()];
    int have = Math.min(frame.length, buffer.remaining());
    buffer.get(frame, 0, have);
    if (have < frame.length) {
      readFully(ByteBuffer.wrap(frame, have, frame.length - have));
    }
    // Each frame has an array of its own, so that its bytes need no copy and pin nothing else.
    ByteString bytes = UnsafeByteOperations.unsafeWrap(frame);
    var input = bytes.newCodedInput();
    input.enableAliasing(true);
    return LinkResponse.parseFrom(input);
  }

  private int length() throws IOException {
    int length = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      if (!buffer.hasRemaining() && !fill()) {
        throw new IOException("the stream ended within a frame's length");
      }
      byte b = buffer.get();
      length |= (b & 0x7f) << shift;
      if (b >= 0) {
        if (length > Limits.LINK_FRAME_BYTES) {
          throw new ProtocolException("frame of " + length + " bytes");
        }
        return length;
      }
    }
    throw new ProtocolException("frame length of more than 4 bytes");
  }

  private void readFully(ByteBuffer target) throws IOException {
    // Large rests go past the buffer; small ones take with them what follows.
    while (target.remaining() > BUFFER_BYTES / 2) {
      if (channel.read(target) < 0) {
        throw new IOException("the stream ended within a frame");
      }
      heard.run();
    }
    while (target.hasRemaining()) {
      if (!buffer.hasRemaining() && !fill()) {
        throw new IOException("the stream ended within a frame");
      }
      int length = Math.min(target.remaining(), buffer.remaining());
      target.put(buffer.slice(buffer.position(), length));
      buffer.position(buffer.position() + length);
    }
  }

  private boolean fill() throws IOException {
    buffer.clear();
    int read = channel.read(buffer);
    buffer.flip();
    if (read > 0) {
      heard.run();
    }
    return read > 0;
  }
}
