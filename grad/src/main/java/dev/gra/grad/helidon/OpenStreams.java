package dev.gra.grad.helidon;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The streams of one HTTP/2 connection that are not closed yet, by the frames of both directions. A
 * stream leaves when the client has reset it, and when both sides have ended it: what Helidon
 * forgets a stream after. So there are never more than Helidon allows to be open.
 */
final class OpenStreams {
  private enum Ended {
    NEITHER,
    CLIENT,
    SERVER
  }

  private static final int REMEMBERED = 1000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Integer, Ended> streams = new HashMap<>();
  // The newest ones that the client reset; what it had under way meanwhile comes soon.
  private final SequencedSet<Integer> reset = new LinkedHashSet<>();
  private int newest;

  /** Headers of the client: of a new stream, or trailers. */
  void opened(int stream) {
    lock.lock();
    try {
      if (stream > newest) {
        newest = stream;
        streams.put(stream, Ended.NEITHER);
      }
    } finally {
      lock.unlock();
    }
  }

  void endedByClient(int stream) {
    ended(stream, Ended.CLIENT);
  }

  void endedByServer(int stream) {
    ended(stream, Ended.SERVER);
  }

  void resetByServer(int stream) {
    lock.lock();
    try {
      streams.remove(stream);
    } finally {
      lock.unlock();
    }
  }

  /** A reset of the client; false if it has nothing to reset any more. */
  boolean resetByClient(int stream) {
    lock.lock();
    try {
      boolean open = streams.remove(stream) != null;
      if (open) {
        remember(stream);
      }
      // Of a stream that never was, Helidon rightly complains.
      return open || stream > newest;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the client has reset the stream, lately. */
  boolean isReset(int stream) {
    lock.lock();
    try {
      return reset.contains(stream);
    } finally {
      lock.unlock();
    }
  }

  private void remember(int stream) {
    reset.add(stream);
    if (reset.size() > REMEMBERED) {
      reset.removeFirst();
    }
  }

  /** How many there are. */
  int size() {
    lock.lock();
    try {
      return streams.size();
    } finally {
      lock.unlock();
    }
  }

  private void ended(int stream, Ended by) {
    lock.lock();
    try {
      streams.computeIfPresent(
          stream, (_, before) -> before == Ended.NEITHER || before == by ? by : null);
    } finally {
      lock.unlock();
    }
  }
}
