package dev.gra.runnerd.exec;

import com.google.protobuf.ByteString;
import dev.gra.runnerd.process.Fds;
import dev.gra.runnerd.process.Handler;
import dev.gra.runnerd.process.Interest;
import dev.gra.runnerd.process.Reactor;
import dev.gra.runnerd.process.Watch;
import dev.gra.v1.StreamTotals;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.zip.CRC32C;

/**
 * Moves stdin from its writer to the command's pipe. What it holds is bounded by the credit that
 * the exec's protocol gives. Bytes may come before there is a pipe.
 */
final class StdinPump implements Handler {
  /** Told what happens. */
  interface Listener {
    /** The pipe has taken so many bytes in all. */
    void consumed(long upTo);

    /** The pipe takes no more, though there may be more to come. */
    void closed();
  }

  private final Listener listener;
  private final ByteBuffer buffer;
  private final Deque<ByteString> queue = new ArrayDeque<>();
  private final CRC32C checksum = new CRC32C();
  private Watch watch;
  private long consumed;
  private boolean ending;
  private boolean closed;

  /**
   * @param buffer direct, shared by all pumps of the reactor
   */
  StdinPump(ByteBuffer buffer, Listener listener) {
    this.buffer = buffer;
    this.listener = listener;
  }

  /** The command is there. */
  void open(Reactor reactor, int fd) {
    watch = reactor.watch(fd, this);
    if (closed) {
      watch.close();
      return;
    }
    // Even when there is nothing to write, the command's closing of its stdin is news.
    watch.interest(Interest.HANGUP);
    pumpOrFail();
  }

  void offer(ByteString data) {
    if (!closed) {
      queue.add(data);
      pumpOrFail();
    }
  }

  /** No more will be offered: the pipe is closed after what was. */
  void end() {
    ending = true;
    pumpOrFail();
  }

  /** Gives up what is not written. */
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    queue.clear();
    if (watch != null) {
      watch.close();
    }
  }

  /** What the pipe took. */
  StreamTotals totals() {
    return StreamTotals.newBuilder()
        .setBytes(consumed)
        .setCrc32C((int) checksum.getValue())
        .build();
  }

  @Override
  public void ready(int events) throws IOException {
    if ((events & Watch.HANGUP) != 0) {
      broken();
    } else {
      pump();
    }
  }

  @Override
  public void failed(Throwable cause) {
    broken();
  }

  private void pumpOrFail() {
    if (watch == null) {
      return;
    }
    try {
      pump();
    } catch (IOException e) {
      failed(e);
    }
  }

  private void pump() throws IOException {
    while (!closed && !queue.isEmpty()) {
      fill();
      int count = Fds.write(watch.fd(), buffer);
      if (count == Fds.WOULD_BLOCK) {
        watch.interest(Interest.WRITE);
        return;
      }
      if (count == Fds.CLOSED) {
        broken();
        return;
      }
      written(count);
    }
    if (closed) {
      return;
    }
    if (ending) {
      close();
    } else {
      watch.interest(Interest.HANGUP);
    }
  }

  private void fill() {
    buffer.clear();
    for (ByteString part : queue) {
      if (part.size() > buffer.remaining()) {
        break;
      }
      part.copyTo(buffer);
    }
    buffer.flip();
  }

  private void written(int count) {
    checksum.update(buffer.flip());
    consumed += count;
    int left = count;
    while (left > 0) {
      ByteString head = queue.remove();
      if (head.size() > left) {
        queue.addFirst(head.substring(left));
        left = 0;
      } else {
        left -= head.size();
      }
    }
    listener.consumed(consumed);
  }

  private void broken() {
    if (!closed) {
      close();
      listener.closed();
    }
  }
}
