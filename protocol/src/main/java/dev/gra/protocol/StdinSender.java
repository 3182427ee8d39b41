package dev.gra.protocol;

import com.google.protobuf.ByteString;
import dev.gra.v1.Started;
import dev.gra.v1.Stdin;
import dev.gra.v1.StdinEnd;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The client's end of stdin: keeps what the command hasn't consumed yet, to send it again after a
 * cut.
 */
final class StdinSender {
  private final Deque<ByteString> kept = new ArrayDeque<>();
  private final boolean wanted;
  // offsets: base <= sent <= end; kept holds [base, end)
  private long base;
  private long sent;
  private long end;
  private long until;
  private boolean based;
  private boolean sourceEnded;
  private boolean endSent;
  private boolean closed;

  /**
   * @param wanted false if the command has no stdin
   * @param fromStart true if this client has all of stdin, false if it joins and goes on where the
   *     runner is
   */
  StdinSender(boolean wanted, boolean fromStart) {
    this.wanted = wanted;
    this.based = fromStart;
  }

  void started(Started started) {
    long accepted = started.getStdinAccepted();
    if (accepted < 0 || accepted > Limits.MAX_OFFSET) {
      throw new ProtocolException("stdin accepted " + accepted + " can't be");
    }
    // Others may feed it meanwhile: where it is doesn't matter to one that doesn't.
    if (!wanted) {
      return;
    }
    if (!based) {
      base = accepted;
      end = accepted;
      based = true;
    }
    if (accepted < base || accepted > end) {
      if (!started.getStdinClosed()) {
        throw new ProtocolException(
            "stdin accepted " + accepted + " is not in " + base + ".." + end);
      }
    } else {
      drop(accepted);
      sent = accepted;
    }
    until = Math.max(until, started.getStdinUntil());
    endSent = false;
    if (started.getStdinClosed()) {
      close();
    }
  }

  void credit(long consumed, long newUntil) {
    if (!wanted) {
      return;
    }
    if (consumed > sent) {
      throw new ProtocolException("stdin consumed " + consumed + " of " + sent + " bytes sent");
    }
    drop(consumed);
    until = Math.max(until, newUntil);
  }

  void close() {
    closed = true;
    kept.clear();
    base = end;
    sent = end;
  }

  /** How many bytes the source may give now. */
  int room() {
    if (!wanted || closed || sourceEnded || !based) {
      return 0;
    }
    return (int) Math.max(0, Math.min(until, base + Limits.STDIN_WINDOW_BYTES) - end);
  }

  void offer(ByteString data) {
    if (closed) {
      return;
    }
    if (!wanted || sourceEnded) {
      throw new IllegalStateException("no stdin is wanted");
    }
    if (data.size() > room()) {
      throw new IllegalArgumentException(data.size() + " bytes of stdin, room for " + room());
    }
    for (int at = 0; at < data.size(); at += Limits.CHUNK_BYTES) {
      kept.add(data.substring(at, Math.min(data.size(), at + Limits.CHUNK_BYTES)));
    }
    end += data.size();
  }

  void sourceEnded() {
    sourceEnded = true;
  }

  boolean open() {
    return wanted && !closed && !sourceEnded;
  }

  /** The next bytes to send, or null. */
  Stdin nextData() {
    if (!based || closed || sent == end) {
      return null;
    }
    long at = base;
    for (ByteString part : kept) {
      if (sent < at + part.size()) {
        ByteString data = part.substring((int) (sent - at));
        int allowed = (int) Math.min(data.size(), until - sent);
        if (allowed <= 0) {
          return null;
        }
        Stdin frame =
            Stdin.newBuilder().setOffset(sent).setData(data.substring(0, allowed)).build();
        sent += allowed;
        return frame;
      }
      at += part.size();
    }
    throw new IllegalStateException("stdin bytes " + sent + ".." + end + " are not kept");
  }

  /** The end to send, or null. */
  StdinEnd nextEnd() {
    if (!wanted || !based || closed || endSent || !sourceEnded || sent < end) {
      return null;
    }
    endSent = true;
    return StdinEnd.newBuilder().setOffset(end).build();
  }

  private void drop(long upTo) {
    while (!kept.isEmpty() && base < upTo) {
      ByteString head = kept.remove();
      if (base + head.size() > upTo) {
        kept.addFirst(head.substring((int) (upTo - base)));
        base = upTo;
      } else {
        base += head.size();
      }
    }
  }
}
