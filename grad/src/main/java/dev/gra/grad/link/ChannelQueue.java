package dev.gra.grad.link;

import dev.gra.link.v1.LinkRequest;
import dev.gra.protocol.Limits;
import dev.gra.protocol.Streams;
import dev.gra.v1.Stdin;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One channel's frames that wait. Of credits only the last counts, and small pieces of stdin become
 * one, so that its memory is bounded by stdin's credit and a number of frames, whatever the client
 * sends. Guarded by its {@link Outbox}.
 */
final class ChannelQueue {
  private static final int CAPACITY = 256;

  private final Deque<LinkRequest> frames = new ArrayDeque<>();
  private final LinkRequest[] credits = new LinkRequest[Streams.ALL.size()];
  private boolean opened;
  private boolean ready;

  boolean add(LinkRequest frame) {
    if (frame.hasExec() && frame.getExec().hasCredit()) {
      credits[Streams.index(frame.getExec().getCredit().getStream())] = frame;
      return true;
    }
    // Close must always fit.
    if (frames.size() >= CAPACITY && !frame.hasClose()) {
      return false;
    }
    LinkRequest last = frames.peekLast();
    if (last != null && mergeable(last, frame)) {
      frames.removeLast();
      frames.addLast(merged(last, frame));
    } else {
      frames.addLast(frame);
    }
    return true;
  }

  /** The next frame: first the one that opens the channel, then credits, then the others. */
  LinkRequest remove() {
    if (opened) {
      for (int i = 0; i < credits.length; i++) {
        LinkRequest credit = credits[i];
        if (credit != null) {
          credits[i] = null;
          return credit;
        }
      }
    }
    opened = true;
    return frames.removeFirst();
  }

  boolean isEmpty() {
    return frames.isEmpty() && (!opened || noCredit());
  }

  boolean ready() {
    return ready;
  }

  void ready(boolean newReady) {
    ready = newReady;
  }

  private boolean noCredit() {
    for (LinkRequest credit : credits) {
      if (credit != null) {
        return false;
      }
    }
    return true;
  }

  private static boolean mergeable(LinkRequest last, LinkRequest next) {
    if (!last.getExec().hasStdin() || !next.getExec().hasStdin()) {
      return false;
    }
    Stdin a = last.getExec().getStdin();
    Stdin b = next.getExec().getStdin();
    return a.getOffset() + a.getData().size() == b.getOffset()
        && a.getData().size() + b.getData().size() <= Limits.CHUNK_BYTES;
  }

  private static LinkRequest merged(LinkRequest last, LinkRequest next) {
    LinkRequest.Builder merged = last.toBuilder();
    Stdin.Builder stdin = merged.getExecBuilder().getStdinBuilder();
    stdin.setData(stdin.getData().concat(next.getExec().getStdin().getData()));
    return merged.build();
  }
}
