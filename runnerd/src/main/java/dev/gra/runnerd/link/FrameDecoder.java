package dev.gra.runnerd.link;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.gra.link.v1.LinkRequest;
import dev.gra.protocol.Limits;
import dev.gra.protocol.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Cuts a link's bytes into frames, each a varint length and so many bytes. Holds one unfinished
 * frame at most and what was read along with it.
 */
final class FrameDecoder {
  private static final int SMALL = 64 * 1024;
  private static final int LONGEST_LENGTH = 5;

  private byte[] bytes = new byte[SMALL];
  private int from;
  private int to;

  /** Takes over what was read. */
  void add(ByteBuffer read) {
    makeRoom(read.remaining());
    int count = read.remaining();
    read.get(bytes, to, count);
    to += count;
  }

  /**
   * The next whole frame.
   *
   * @throws ProtocolException if what came is no frame
   */
  Optional<LinkRequest> next() {
    int length = 0;
    int at = from;
    for (int shift = 0; ; shift += 7) {
      if (at == to) {
        return Optional.empty();
      }
      if (at - from == LONGEST_LENGTH) {
        throw new ProtocolException("a frame's length is no varint");
      }
      byte next = bytes[at++];
      length |= (next & 0x7f) << shift;
      if (next >= 0) {
        break;
      }
    }
    if (length < 0 || length > Limits.LINK_FRAME_BYTES) {
      throw new ProtocolException("a frame of " + Integer.toUnsignedLong(length) + " bytes");
    }
    if (to - at < length) {
      return Optional.empty();
    }
    from = at + length;
    return Optional.of(parsed(at, length));
  }

  private LinkRequest parsed(int at, int length) {
    try {
      return LinkRequest.parseFrom(CodedInputStream.newInstance(bytes, at, length));
    } catch (InvalidProtocolBufferException e) {
      throw new ProtocolException("a frame can't be parsed: " + e.getMessage());
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory failed", e);
    }
  }

  private void makeRoom(int more) {
    if (from == to) {
      from = 0;
      to = 0;
      if (bytes.length > 4 * SMALL) {
        bytes = new byte[SMALL];
      }
    }
    if (bytes.length - to >= more) {
      return;
    }
    int held = to - from;
    byte[] target = held + more <= bytes.length ? bytes : new byte[larger(held + more)];
    System.arraycopy(bytes, from, target, 0, held);
    bytes = target;
    from = 0;
    to = held;
  }

  private static int larger(int wanted) {
    return Math.max(SMALL, Integer.highestOneBit(wanted - 1) << 1);
  }
}
