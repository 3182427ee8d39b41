package dev.gra.grad.helidon;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The outermost interceptor. It sees to it that each call ends: with a status when a handler
 * throws, which Helidon would let the client wait for, and when the client is gone, of which a
 * dropped connection tells nobody.
 */
public final class Guard implements ServerInterceptor, AutoCloseable {
  private final Function<Throwable, StatusException> boundary;
  private final Duration silence;
  private final Duration oldest;
  private final Set<GuardedCall<?, ?>> calls = ConcurrentHashMap.newKeySet();
  // Calls that are over whose streams Helidon may still have threads for.
  private final Set<GuardedCall<?, ?>> lingering = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition callOver = lock.newCondition();
  private final Future<?> sweep;
  private volatile long lastOver = System.nanoTime();

  /**
   * @param boundary what a client is told of a failure
   * @param silence how long a client may say nothing while it still could: its call ends then
   * @param oldest how long a call may last whose client has no more to say, and so gives no sign
   * @param scheduler runs the watchdog
   */
  public Guard(
      Function<Throwable, StatusException> boundary,
      Duration silence,
      Duration oldest,
      ScheduledExecutorService scheduler) {
    this.boundary = boundary;
    this.silence = silence;
    this.oldest = oldest;
    long period = Math.clamp(silence.toMillis() / 10, 10, 1_000);
    this.sweep =
        scheduler.scheduleWithFixedDelay(this::sweep, period, period, TimeUnit.MILLISECONDS);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    GuardedCall<Q, A> guarded = new GuardedCall<>(call, boundary, this::over);
    calls.add(guarded);
    return guarded.start(next, headers);
  }

  /** When the last call was over, by System.nanoTime; now, if one is open. */
  public long lastActive() {
    return calls.isEmpty() ? lastOver : System.nanoTime();
  }

  /** How many calls are open. */
  public int openCalls() {
    return calls.size();
  }

  /** Ends all open calls of a service by this failure. */
  public void end(String service, RuntimeException failure) {
    for (GuardedCall<?, ?> call : calls) {
      if (service.equals(call.getMethodDescriptor().getServiceName())) {
        call.fail(failure);
      }
    }
  }

  /** Waits until no call is open; false if it takes longer than that. */
  public boolean awaitNoCalls(Duration atMost) {
    lock.lock();
    try {
      long left = atMost.toNanos();
      while (!calls.isEmpty() && left > 0) {
        left = callOver.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
    return calls.isEmpty();
  }

  private void over(GuardedCall<?, ?> call) {
    lock.lock();
    try {
      if (calls.remove(call)) {
        lingering.add(call);
        lastOver = System.nanoTime();
        callOver.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Threads of Helidon that have a call's stream, whether the call is over or not. */
  int streams() {
    lingering.removeIf(GuardedCall::streamEnded);
    return calls.size() + lingering.size();
  }

  private void sweep() {
    long now = System.nanoTime();
    lingering.removeIf(GuardedCall::streamEnded);
    for (GuardedCall<?, ?> call : lingering) {
      if (now - call.overSince() > silence.toNanos()) {
        call.freeStream();
      }
    }
    for (GuardedCall<?, ?> call : calls) {
      // Only a stream of requests can carry signs of life.
      boolean heartbeats = call.getMethodDescriptor().getType() == MethodType.BIDI_STREAMING;
      Duration limit = heartbeats || !call.halfClosed() ? silence : oldest;
      if (now - call.lastHeard() > limit.toNanos()) {
        Thread.ofVirtual()
            .name("silent-client")
            .start(
                () -> call.lost("no sign of life from the client for " + limit.toSeconds() + " s"));
      }
    }
  }

  @Override
  public void close() {
    sweep.cancel(false);
  }
}
