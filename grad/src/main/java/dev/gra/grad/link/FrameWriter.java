package dev.gra.grad.link;

import com.google.protobuf.CodedOutputStream;
import dev.gra.link.v1.LinkRequest;
import dev.gra.protocol.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** Writes frames, several by one write where they fit. Confined to one thread. */
final class FrameWriter {
  private static final int BUFFER_BYTES = 128 << 10;

  private final WritableByteChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

  FrameWriter(WritableByteChannel channel) {
    this.channel = channel;
  }

  void write(List<LinkRequest> frames) throws IOException {
    for (LinkRequest frame : frames) {
      add(frame);
    }
    flush();
  }

  private void add(LinkRequest frame) throws IOException {
    int length = frame.getSerializedSize();
    if (length > Limits.LINK_FRAME_BYTES) {
      throw new IllegalArgumentException("frame of " + length + " bytes");
    }
    int size = CodedOutputStream.computeUInt32SizeNoTag(length) + length;
    if (size > buffer.remaining()) {
      flush();
    }
    if (size <= buffer.remaining()) {
      encode(frame, length, buffer);
    } else {
      ByteBuffer large = ByteBuffer.allocate(size);
      encode(frame, length, large);
      drain(large.flip());
    }
  }

  private static void encode(LinkRequest frame, int length, ByteBuffer target) throws IOException {
    // The stream counts from the buffer's position and leaves it where it stops.
    CodedOutputStream out = CodedOutputStream.newInstance(target);
    out.writeUInt32NoTag(length);
    frame.writeTo(out);
    out.flush();
  }

  private void flush() throws IOException {
    drain(buffer.flip());
    buffer.clear();
  }

  private void drain(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
