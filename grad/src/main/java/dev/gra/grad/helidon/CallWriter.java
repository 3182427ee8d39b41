package dev.gra.grad.helidon;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * All that one call says, written by one virtual thread. Whoever has something to say offers it and
 * is never held up: a write inside a handler of messages may wait for a window that only that very
 * connection could open.
 */
public final class CallWriter<T> {
  /** What the writer tells its owner, on the writer's thread. */
  public interface Owner<T> {
    /** A message was written. */
    default void written(T message) {}

    /** The client can't be written to; nothing more will be. */
    default void lost(Throwable why) {}
  }

  /** Makes one message of two, to keep the queue short. */
  @FunctionalInterface
  public interface Merger<T> {
    /** One message that says what one of the last that wait and a new one say, if there is one. */
    Optional<T> merge(T waiting, T next);

    /** Merges nothing. */
    static <T> Merger<T> none() {
      return (waiting, next) -> Optional.empty();
    }
  }

  /** Of the largest messages together: what a socket takes at once. */
  private static final int BATCH = 4;

  private static final System.Logger LOG = System.getLogger(CallWriter.class.getName());

  /** How long after an abort a write may still go on before it is interrupted. */
  private static final Duration ABORT_GRACE = Duration.ofSeconds(1);

  private final StreamObserver<T> client;
  private final Owner<T> owner;
  private final int capacity;
  private final Merger<T> merger;
  private final ScheduledExecutorService scheduler;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<T> queue = new ArrayDeque<>();
  private final Thread thread;
  private volatile Consumer<StreamObserver<T>> last;
  private volatile boolean over;

  /**
   * @param name of the thread
   * @param capacity how many messages may wait
   * @param merger asked when messages wait
   * @param scheduler sees to a write that goes on after an abort
   */
  public CallWriter(
      String name,
      StreamObserver<T> client,
      Owner<T> owner,
      int capacity,
      Merger<T> merger,
      ScheduledExecutorService scheduler) {
    this.client = client;
    this.owner = owner;
    this.capacity = capacity;
    this.merger = merger;
    this.scheduler = scheduler;
    this.thread = Thread.ofVirtual().name(name).start(this::run);
  }

  /** Takes a message to be written; false if too many wait. After the end it is dropped. */
  public boolean offer(T message) {
    lock.lock();
    try {
      if (over || last != null) {
        return true;
      }
      if (merge(message)) {
        return true;
      }
      if (queue.size() >= capacity) {
        return false;
      }
      queue.addLast(message);
      changed.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** True if nothing waits to be written. */
  public boolean idle() {
    lock.lock();
    try {
      return queue.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the call well, after what waits. */
  public void finish() {
    end(StreamObserver::onCompleted, false);
  }

  /** Ends the call by a failure, at once. */
  public void fail(Throwable failure) {
    end(observer -> observer.onError(failure), true);
  }

  /** The client is gone: drops what waits. */
  public void abort() {
    lock.lock();
    try {
      if (over) {
        return;
      }
      over = true;
      queue.clear();
      changed.signal();
    } finally {
      lock.unlock();
    }
    // A write that waits for a window ends by an interrupt only. Not at once: in the middle of a
    // socket's write it would close the connection, which other calls use.
    var _ = scheduler.schedule(this::interrupt, ABORT_GRACE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** With the last that waits, or the one before: two streams may alternate. */
  private boolean merge(T message) {
    if (queue.isEmpty()) {
      return false;
    }
    T last = queue.removeLast();
    Optional<T> merged = merger.merge(last, message);
    if (merged.isPresent() || queue.isEmpty()) {
      queue.addLast(merged.orElse(last));
      return merged.isPresent();
    }
    T secondLast = queue.removeLast();
    merged = merger.merge(secondLast, message);
    queue.addLast(merged.orElse(secondLast));
    queue.addLast(last);
    return merged.isPresent();
  }

  private void interrupt() {
    if (thread.isAlive()) {
      thread.interrupt();
    }
  }

  private void end(Consumer<StreamObserver<T>> how, boolean atOnce) {
    lock.lock();
    try {
      if (over || last != null) {
        return;
      }
      last = how;
      if (atOnce) {
        queue.clear();
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      for (List<T> next = take(); !next.isEmpty() && written(next); next = take()) {
        next.forEach(owner::written);
      }
      close();
    } catch (RuntimeException e) {
      // Not the client's fault: whoever looks after uncaught exceptions must hear of it.
      close(e);
      throw e;
    } finally {
      stop();
    }
  }

  private boolean written(List<T> messages) {
    try {
      Batch.of(() -> messages.forEach(client::onNext));
      return true;
    } catch (RuntimeException e) {
      stop();
      owner.lost(e);
      close(e);
      return false;
    }
  }

  private void close() {
    if (last != null && !over) {
      last.accept(client);
    }
  }

  /** A call that can't be written to must still be closed, or it would never be over. */
  private void close(RuntimeException why) {
    try {
      client.onError(
          Status.UNAVAILABLE.withDescription("writing failed").withCause(why).asException());
    } catch (RuntimeException e) {
      LOG.log(Level.DEBUG, "closing a call that can't be written to", e);
    }
  }

  private void stop() {
    lock.lock();
    try {
      over = true;
      queue.clear();
    } finally {
      lock.unlock();
    }
  }

  /** What waits, {@value #BATCH} at most; none at the end. */
  private List<T> take() {
    lock.lock();
    try {
      while (queue.isEmpty() && last == null && !over) {
        changed.awaitUninterruptibly();
      }
      var taken = new ArrayList<T>();
      while (!queue.isEmpty() && taken.size() < BATCH) {
        taken.add(queue.removeFirst());
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }
}
