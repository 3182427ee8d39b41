package dev.gra.grad.exec;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that all output streams share for bytes under way. Each has a little of its own; a
 * stream whose bytes flow takes more, up to an equal share, and gives back what is beyond it when
 * others come. So the sum is bounded by {@code total}, or by {@code least} times the streams where
 * there are very many, plus what is left of the pool.
 */
public final class WindowBudget {
  private final long total;
  private final long least;
  private final long most;
  private final AtomicLong free;
  private final AtomicInteger streams = new AtomicInteger();

  public WindowBudget(long total, long least, long most) {
    if (least < 1 || most < least || total < most) {
      throw new IllegalArgumentException("not in order: " + least + ", " + most + ", " + total);
    }
    this.total = total;
    this.least = least;
    this.most = most;
    this.free = new AtomicLong(total);
  }

  /** A new stream's window. */
  StreamWindow open() {
    streams.incrementAndGet();
    free.addAndGet(-least);
    return new StreamWindow(this, least);
  }

  /** An equal share for each stream. */
  long share() {
    return Math.clamp(total / Math.max(1, streams.get()), least, most);
  }

  /** Takes so many bytes from the pool, or none. */
  boolean take(long bytes) {
    long before = free.getAndUpdate(f -> f >= bytes ? f - bytes : f);
    return before >= bytes;
  }

  void give(long bytes) {
    free.addAndGet(bytes);
  }

  void closed() {
    streams.decrementAndGet();
  }

  /** Bytes that there are. */
  public long total() {
    return total;
  }

  /** Bytes that streams hold windows for. */
  public long held() {
    return total - free.get();
  }
}
