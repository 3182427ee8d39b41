package dev.gra.grad.link;

import dev.gra.link.v1.LinkRequest;
import dev.gra.link.v1.Ping;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits to be written on a link: one bounded queue a channel, taken by turns, so that a client
 * with much to say holds up no other. Nobody who puts something in is ever held up.
 */
final class Outbox {
  private static final int BATCH_FRAMES = 64;
  private static final LinkRequest PING =
      LinkRequest.newBuilder().setPing(Ping.getDefaultInstance()).build();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<ChannelQueue> ready = new ArrayDeque<>();
  private boolean pingDue;
  private boolean closed;

  /** Puts a frame into a channel's queue; false if it is full. After the end it is dropped. */
  boolean put(ChannelQueue queue, LinkRequest frame) {
    lock.lock();
    try {
      if (closed) {
        return true;
      }
      if (!queue.add(frame)) {
        return false;
      }
      if (!queue.ready()) {
        queue.ready(true);
        ready.addLast(queue);
      }
      changed.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** A sign of life is due; it goes before everything else. */
  void ping() {
    lock.lock();
    try {
      pingDue = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for frames; empty when closed. */
  Optional<List<LinkRequest>> take() {
    lock.lock();
    try {
      while (!closed && !pingDue && ready.isEmpty()) {
        changed.awaitUninterruptibly();
      }
      return closed ? Optional.empty() : Optional.of(batch());
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      ready.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private List<LinkRequest> batch() {
    List<LinkRequest> frames = new ArrayList<>();
    if (pingDue) {
      pingDue = false;
      frames.add(PING);
    }
    while (frames.size() < BATCH_FRAMES && !ready.isEmpty()) {
      ChannelQueue queue = ready.removeFirst();
      frames.add(queue.remove());
      if (queue.isEmpty()) {
        queue.ready(false);
      } else {
        ready.addLast(queue);
      }
    }
    return frames;
  }
}
