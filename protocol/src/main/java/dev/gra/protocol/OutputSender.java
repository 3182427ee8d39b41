package dev.gra.protocol;

/** The sending end of one output stream towards one attachment: which bytes may go next. */
public final class OutputSender {
  /** What to send next. */
  public sealed interface Step {}

  /** Nothing can be sent now: all is sent, or there is no credit. */
  public record Nothing() implements Step {}

  /** Bytes {@code offset} up to {@code offset + length}, at most {@link Limits#CHUNK_BYTES}. */
  public record Chunk(long offset, int length) implements Step {}

  /** Bytes {@code from} up to {@code to} are no longer there. */
  public record Missing(long from, long to) implements Step {}

  private static final Nothing NOTHING = new Nothing();

  private long cursor;
  private long consumed;
  private long until;
  private boolean closed;
  private boolean endTold;

  OutputSender(long cursor) {
    if (cursor < 0) {
      throw new ProtocolException("negative cursor " + cursor);
    }
    this.cursor = cursor;
    this.until = cursor;
  }

  /** The receiver's word; an older one than we have changes nothing. */
  void credit(long newConsumed, long newUntil) {
    if (newConsumed > cursor) {
      throw new ProtocolException("consumed " + newConsumed + " of " + cursor + " bytes sent");
    }
    if (newUntil > newConsumed + Limits.MAX_WINDOW_BYTES && newUntil > until) {
      throw new ProtocolException(
          "credit until " + newUntil + " is too far beyond consumed " + newConsumed);
    }
    consumed = Math.max(consumed, newConsumed);
    until = Math.max(until, newUntil);
  }

  /** Takes the next step, of a stream whose bytes {@code first} up to {@code end} are there. */
  Step next(long first, long end) {
    // A gap needs credit as bytes do: a ring that rolls on would fill the queue of a reader that
    // doesn't take any.
    if (closed || cursor >= until) {
      return NOTHING;
    }
    if (cursor < first) {
      Missing missing = new Missing(cursor, first);
      cursor = first;
      return missing;
    }
    int length = (int) Math.min(Limits.CHUNK_BYTES, Math.min(end, until) - cursor);
    if (length <= 0) {
      return NOTHING;
    }
    Chunk chunk = new Chunk(cursor, length);
    cursor += length;
    return chunk;
  }

  /** The receiver wants no more. */
  void close() {
    closed = true;
  }

  /** True if nothing is left to send of a stream that ends at {@code end}. */
  boolean done(long end) {
    return closed || cursor >= end;
  }

  /** True once: all of a stream that has ended at {@code end} is sent, and this is to be told. */
  boolean takeEnd(long end) {
    boolean due = !closed && !endTold && cursor >= end;
    endTold |= due;
    return due;
  }

  long consumed() {
    return consumed;
  }
}
