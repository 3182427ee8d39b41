package dev.gra.grad.audit;

import dev.gra.grad.telemetry.Log;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes lines in order, by a thread of its own, all that wait at once. Nobody waits for a file or
 * a pipe: lines are told under an exec's lock and on a link's reader, which a destination that
 * hangs would stop for everybody. What doesn't fit into a few MiB then, or can't be written, is
 * lost, and that is counted, logged, and told by a line of its own as soon as one can be written
 * again.
 */
final class AuditWriter implements AutoCloseable {
  /** Some ten thousand lines: a destination may hang for seconds under full load. */
  static final int WAITING_BYTES = 4 << 20;

  private static final Duration LAST = Duration.ofSeconds(5);
  private static final Log LOG = Log.of(AuditWriter.class);

  private record Batch(ByteArrayOutputStream lines, int count) {}

  private final Sink sink;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final LongAdder written = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final AtomicLong untold = new AtomicLong();
  private final AtomicBoolean failing = new AtomicBoolean();
  private final Thread thread;
  private ByteArrayOutputStream waiting = new ByteArrayOutputStream();
  private int waitingLines;
  private boolean closed;

  AuditWriter(Sink sink) {
    this.sink = sink;
    this.thread = Thread.ofPlatform().daemon().name("audit-writer").start(this::run);
  }

  /** Has a line written. Never waits. */
  void add(byte[] line) {
    if (!taken(line)) {
      missed(1, "its destination hangs, or grad has ended");
    }
  }

  long written() {
    return written.sum();
  }

  long lost() {
    return lost.sum();
  }

  /** Writes what waits, unless the destination hangs. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    try {
      if (!thread.join(LAST)) {
        LOG.warn("the audit log's last lines could not be written in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    for (Batch batch = take(); batch.count() > 0; batch = take()) {
      write(batch);
    }
  }

  /** Waits for lines; none when closed. */
  private Batch take() {
    lock.lock();
    try {
      while (!closed && waitingLines == 0) {
        changed.awaitUninterruptibly();
      }
      Batch batch = new Batch(waiting, waitingLines);
      waiting = new ByteArrayOutputStream();
      waitingLines = 0;
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private boolean taken(byte[] line) {
    lock.lock();
    try {
      if (closed || waiting.size() + line.length > WAITING_BYTES) {
        return false;
      }
      waiting.writeBytes(line);
      waitingLines++;
      changed.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void write(Batch batch) {
    try {
      tellLost();
      sink.write(batch.lines().toByteArray());
      written.add(batch.count());
      failing.set(false);
    } catch (IOException e) {
      missed(batch.count(), e.toString());
    }
  }

  /** That lines are missing, where they are missing. */
  private void tellLost() throws IOException {
    long lines = untold.get();
    if (lines > 0) {
      sink.write(new AuditLine("audit.lost").with("lines", lines).bytes());
      untold.addAndGet(-lines);
    }
  }

  private void missed(long lines, String why) {
    lost.add(lines);
    untold.addAndGet(lines);
    // Once: it would go on for each line.
    if (!failing.getAndSet(true)) {
      LOG.warn("the audit log misses lines", "why", why);
    }
  }
}
