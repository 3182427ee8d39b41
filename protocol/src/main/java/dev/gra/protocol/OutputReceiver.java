package dev.gra.protocol;

import com.google.protobuf.ByteString;
import dev.gra.v1.Credit;
import dev.gra.v1.Gap;
import dev.gra.v1.Output;
import dev.gra.v1.OutputEnd;
import dev.gra.v1.Stream;
import dev.gra.v1.StreamTotals;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The receiving end of one output stream: what has come, what was consumed of it, and whether it is
 * the whole.
 */
final class OutputReceiver {
  private final Stream stream;
  private final long window;
  private final CRC32C crc = new CRC32C();
  private boolean whole;
  private boolean closed;
  private boolean ended;
  private long received;
  private long consumed;
  private boolean discarding;
  private long creditedConsumed = -1;

  OutputReceiver(Stream stream, long cursor, long window) {
    this.stream = stream;
    this.window = window;
    this.received = cursor;
    this.consumed = cursor;
    this.whole = cursor == 0;
  }

  /** Takes a frame; all of it may have come before. */
  ClientExec.Event take(Output frame) {
    ByteString fresh = accept(frame.getOffset(), frame.getData());
    return fresh.isEmpty()
        ? new ClientExec.Nothing()
        : new ClientExec.Bytes(stream, received, fresh);
  }

  /** Takes word of bytes that will not come; that may have come before. */
  ClientExec.Event take(Gap frame) {
    long missing = gap(frame.getFrom(), frame.getTo());
    return missing == 0
        ? new ClientExec.Nothing()
        : new ClientExec.Missing(stream, received - missing, received);
  }

  /** Takes word that nothing more will come; it comes on each connection. */
  ClientExec.Event take(OutputEnd frame) {
    if (frame.getOffset() != received) {
      throw new ProtocolException(
          stream + " ends at " + frame.getOffset() + ", not at " + received);
    }
    boolean news = !ended && !closed;
    ended = true;
    return news ? new ClientExec.OutputOver(stream, received) : new ClientExec.Nothing();
  }

  private ByteString accept(long offset, ByteString data) {
    if (data.size() > Limits.CHUNK_BYTES) {
      throw new ProtocolException("output frame of " + data.size() + " bytes");
    }
    if (offset < 0 || offset > received) {
      throw new ProtocolException(stream + " jumps from " + received + " to " + offset);
    }
    if (offset + data.size() > consumed + window) {
      throw new CreditExceededException(stream + " sent beyond its credit");
    }
    int known = (int) Math.min(data.size(), received - offset);
    ByteString fresh = known == 0 ? data : data.substring(known);
    requireGoingOn(fresh.size());
    received += fresh.size();
    if (closed) {
      consumed = received;
      return ByteString.EMPTY;
    }
    if (whole) {
      for (ByteBuffer part : fresh.asReadOnlyByteBufferList()) {
        crc.update(part);
      }
    }
    return fresh;
  }

  /** Answers how many of them are news to somebody. */
  private long gap(long from, long to) {
    if (from < 0 || from > received || to < from || to > Limits.MAX_OFFSET) {
      throw new ProtocolException(stream + " gap " + from + ".." + to + " at " + received);
    }
    long missing = Math.max(0, to - received);
    requireGoingOn(missing);
    if (missing > 0) {
      if (received >= consumed + window) {
        throw new CreditExceededException(stream + " gap beyond its credit");
      }
      received = to;
      whole = false;
    }
    if (closed) {
      consumed = received;
      return 0;
    }
    return missing;
  }

  private void requireGoingOn(long more) {
    if (ended && more > 0) {
      throw new ProtocolException(stream + " goes on after its end at " + received);
    }
  }

  void consumed(long upTo) {
    if (upTo > received) {
      throw new IllegalArgumentException(
          "consumed " + upTo + " of " + received + " bytes received");
    }
    consumed = Math.max(consumed, upTo);
  }

  /**
   * The host wants no more.
   *
   * @param told whether the runner is told and sends no more; else what comes is discarded
   */
  void close(boolean told) {
    discarding = !told;
    closed = true;
    whole = false;
    consumed = received;
  }

  /** A new connection knows nothing of earlier credit. */
  void reconnected() {
    creditedConsumed = -1;
  }

  boolean creditDue() {
    if (closed && !discarding) {
      return false;
    }
    long worth = Math.max(1, Math.min(window / 4, Limits.UNTOLD_BYTES));
    return creditedConsumed < 0 || consumed - creditedConsumed >= worth;
  }

  Credit takeCredit() {
    creditedConsumed = consumed;
    return Credit.newBuilder()
        .setStream(stream)
        .setConsumed(consumed)
        .setUntil(consumed + window)
        .build();
  }

  long received() {
    return received;
  }

  boolean drained() {
    return closed || consumed == received;
  }

  boolean closed() {
    return closed;
  }

  Verification verify(StreamTotals totals, boolean partial) {
    if (!whole || partial) {
      return Verification.UNVERIFIED;
    }
    boolean same = totals.getBytes() == received && totals.getCrc32C() == (int) crc.getValue();
    return same ? Verification.VERIFIED : Verification.MISMATCH;
  }
}
