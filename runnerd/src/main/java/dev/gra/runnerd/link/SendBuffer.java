package dev.gra.runnerd.link;

import com.google.protobuf.CodedOutputStream;
import dev.gra.link.v1.LinkResponse;
import dev.gra.protocol.RunnerExec;
import dev.gra.runnerd.exec.Exec;
import dev.gra.runnerd.process.Fds;
import dev.gra.runnerd.process.UnixSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Encoded frames on their way to a socket. A frame that is larger than the buffer goes through it
 * in pieces.
 */
final class SendBuffer {
  private static final int BYTES = 256 * 1024;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);
  private final OutputFrames outputFrames = new OutputFrames();
  // Frames that found no room, in order; nothing may overtake them.
  private final Deque<ByteBuffer> waiting = new ArrayDeque<>();
  private long waitingBytes;

  /** How many bytes are not sent yet. */
  long pending() {
    return buffer.position() + waitingBytes;
  }

  /** Whether an output frame of any size finds room. */
  boolean hasRoomForOutput() {
    return waiting.isEmpty()
        && buffer.remaining() >= OutputFrames.LONGEST_PREFIX + dev.gra.protocol.Limits.CHUNK_BYTES;
  }

  /** Takes any frame. */
  void put(LinkResponse frame) {
    int length = frame.getSerializedSize();
    byte[] bytes = new byte[CodedOutputStream.computeUInt32SizeNoTag(length) + length];
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      out.writeUInt32NoTag(length);
      frame.writeTo(out);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    waiting.add(ByteBuffer.wrap(bytes));
    waitingBytes += bytes.length;
    takeWaiting();
  }

  /**
   * Takes output of an exec; only if there is room for it.
   *
   * @return false if it can't be read
   */
  boolean putOutput(long channel, Exec exec, RunnerExec.Data data) {
    int before = buffer.position();
    outputFrames.putPrefix(buffer, channel, data);
    boolean read = exec.read(data, buffer);
    buffer.limit(buffer.capacity());
    if (!read) {
      buffer.position(before);
    }
    return read;
  }

  /**
   * Writes until nothing is left or the socket takes no more.
   *
   * @return as {@link Fds#write}: the count, or why not
   */
  int writeTo(UnixSocket socket) throws IOException {
    int written = 0;
    while (buffer.position() > 0) {
      buffer.flip();
      int count;
      try {
        count = socket.write(buffer);
      } finally {
        buffer.compact();
      }
      if (count < 0) {
        return count;
      }
      written += count;
      takeWaiting();
    }
    return written;
  }

  private void takeWaiting() {
    while (!waiting.isEmpty() && buffer.hasRemaining()) {
      ByteBuffer first = waiting.element();
      int count = Math.min(first.remaining(), buffer.remaining());
      buffer.put(buffer.position(), first, first.position(), count);
      buffer.position(buffer.position() + count);
      first.position(first.position() + count);
      waitingBytes -= count;
      if (!first.hasRemaining()) {
        waiting.remove();
      }
    }
  }
}
