package dev.gra.protocol;

import com.google.protobuf.ByteString;

/**
 * The runner's end of stdin: what was accepted, what the command has consumed, up to where more may
 * come.
 */
final class StdinReceiver {
  private final long window;
  private long accepted;
  private long consumed;
  private long end = -1;
  private boolean closed;

  StdinReceiver(long window) {
    this.window = window;
    this.closed = window == 0;
  }

  /** Answers what is new of the bytes; empty if all came before or nobody wants them. */
  ByteString accept(long offset, ByteString data) {
    if (data.size() > Limits.CHUNK_BYTES) {
      throw new ProtocolException("stdin frame of " + data.size() + " bytes");
    }
    if (closed) {
      return ByteString.EMPTY;
    }
    if (offset < 0 || offset > accepted) {
      throw new ProtocolException("stdin jumps from " + accepted + " to " + offset);
    }
    int known = (int) Math.min(data.size(), accepted - offset);
    ByteString fresh = data.substring(known);
    if (fresh.isEmpty()) {
      return fresh;
    }
    if (end >= 0) {
      throw new ProtocolException("stdin goes on after its end at " + end);
    }
    if (accepted + fresh.size() > until()) {
      throw new CreditExceededException("stdin sent beyond its credit of " + until());
    }
    accepted += fresh.size();
    return fresh;
  }

  /** Answers true if the end is news. */
  boolean end(long offset) {
    if (closed) {
      return false;
    }
    if (offset != accepted) {
      throw new ProtocolException("stdin ends at " + offset + ", accepted " + accepted);
    }
    boolean fresh = end < 0;
    end = offset;
    return fresh;
  }

  void consumed(long upTo) {
    if (upTo > accepted) {
      throw new IllegalArgumentException("consumed " + upTo + " of " + accepted);
    }
    consumed = Math.max(consumed, upTo);
  }

  void close() {
    closed = true;
  }

  boolean takesMore() {
    return !closed && end < 0;
  }

  boolean closed() {
    return closed;
  }

  long accepted() {
    return accepted;
  }

  long consumed() {
    return consumed;
  }

  long window() {
    return window;
  }

  long until() {
    return consumed + window;
  }
}
