package dev.gra.client;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;

/**
 * Reads stdin as the command has room for it. A platform thread: a read of descriptor 0 would pin a
 * virtual one, and closing the channel under it would hang.
 */
final class StdinPump implements AutoCloseable {
  private static final int READ_BYTES = 64 * 1024;

  /** Where the bytes go. */
  interface Target {
    /** Waits for room; 0 if no more is wanted. */
    int awaitRoom() throws InterruptedException;

    /** Bytes, at most as many as there was room for. */
    void stdin(ByteString data);

    /** The source has ended; null if in good order. */
    void end(IOException failure);
  }

  private final ReadableByteChannel source;
  private final Target target;
  private final Thread thread;

  StdinPump(String execId, ReadableByteChannel source, Target target) {
    this.source = source;
    this.target = target;
    this.thread = Thread.ofPlatform().daemon().name("gra-stdin-" + execId).unstarted(this::run);
    thread.start();
  }

  private void run() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
    try {
      for (int room = target.awaitRoom(); room > 0; room = target.awaitRoom()) {
        buffer.clear().limit(Math.min(room, READ_BYTES));
        if (source.read(buffer) < 0) {
          target.end(null);
          return;
        }
        target.stdin(ByteString.copyFrom(buffer.flip()));
      }
    } catch (ClosedChannelException e) {
      // Closed by us, at the end.
      return;
    } catch (IOException e) {
      target.end(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Frees the thread, even from a read that would never return. */
  @Override
  public void close() {
    try {
      source.close();
    } catch (IOException e) {
      // The source is gone either way, and nobody waits for it any more.
      thread.interrupt();
    }
  }
}
