package dev.gra.grad.helidon;

import io.helidon.http.http2.FlowControl;
import io.helidon.http.http2.Http2Flag;
import io.helidon.http.http2.Http2FrameData;
import io.helidon.http.http2.Http2Headers;
import io.helidon.http.http2.Http2StreamWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes a stream's data within the windows of its stream and its connection. Helidon looks at the
 * connection's window, writes, and takes from the window in steps of which several streams may be
 * in the midst: together they write more than the window, and it then ends the connection because
 * its own count is negative. And of several streams that wait for the window one wakes.
 */
final class FlowControlledWriter implements Http2StreamWriter {
  // There is nothing to wait for that tells every waiter: so they look, ever less often.
  private static final Duration FIRST_LOOK = Duration.ofNanos(100_000);
  private static final Duration LAST_LOOK = Duration.ofMillis(20);

  private final Http2StreamWriter writer;
  private final WatchedWriter connection;
  private final Duration patience;

  /**
   * @param connection what {@code writer} writes to
   * @param patience how long to wait for a window
   */
  FlowControlledWriter(Http2StreamWriter writer, WatchedWriter connection, Duration patience) {
    this.writer = writer;
    this.connection = connection;
    this.patience = patience;
  }

  @Override
  public void write(Http2FrameData frame) {
    writer.write(frame);
  }

  @Override
  public void writeData(Http2FrameData frame, FlowControl.Outbound window) {
    Deque<Http2FrameData> rest = new ArrayDeque<>(List.of(frame.split(window.maxFrameSize())));
    Batch.within(
        batch -> {
          batch.open(connection);
          writeSome(rest, window);
          while (!rest.isEmpty()) {
            batch.flush();
            await(window);
            batch.open(connection);
            writeSome(rest, window);
          }
        });
  }

  @Override
  public int writeHeaders(
      Http2Headers headers,
      int streamId,
      Http2Flag.HeaderFlags flags,
      FlowControl.Outbound window) {
    // They are encoded in the very order in which they must reach the client.
    Batch.within(Batch::flush);
    return writer.writeHeaders(headers, streamId, flags, window);
  }

  @Override
  public int writeHeaders(
      Http2Headers headers,
      int streamId,
      Http2Flag.HeaderFlags flags,
      Http2FrameData data,
      FlowControl.Outbound window) {
    int written = writeHeaders(headers, streamId, flags, window);
    writeData(data, window);
    return written + data.header().length();
  }

  /** Writes what the windows allow, and takes it from the rest. */
  private void writeSome(Deque<Http2FrameData> rest, FlowControl.Outbound window) {
    while (!rest.isEmpty()) {
      Http2FrameData[] parts = window.cut(rest.peek());
      if (parts.length == 0) {
        return;
      }
      window.decrementWindowSize(parts[0].header().length());
      writer.write(parts[0]);
      rest.remove();
      if (parts.length == 2) {
        rest.push(parts[1]);
        return;
      }
    }
  }

  private void await(FlowControl.Outbound window) {
    long deadline = System.nanoTime() + patience.toNanos();
    long pause = FIRST_LOOK.toNanos();
    while (window.getRemainingWindowSize() < 1) {
      LockSupport.parkNanos(pause);
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("interrupted while the client gave no window");
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("no window from the client for " + patience);
      }
      pause = Math.min(2 * pause, LAST_LOOK.toNanos());
    }
  }
}
