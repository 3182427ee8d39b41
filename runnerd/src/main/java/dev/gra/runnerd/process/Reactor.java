package dev.gra.runnerd.process;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * One thread that waits for descriptors, timers and what other threads post, and runs their
 * handlers one after the other. All but {@link #post}, {@link #inLoop} and {@link #close} belongs
 * to that thread. A handler that blocks stops everything.
 *
 * <p>What a handler throws goes to its own {@link Handler#failed}; what a timer, a post or {@code
 * failed} throws goes to the reactor's failure handler. Either way the loop goes on.
 */
public final class Reactor implements AutoCloseable {
  /** How many posts can wait. */
  static final int POST_CAPACITY = 4096;

  private static final int NO_TIMEOUT = -1;

  private final Epoll epoll;
  private final Wakeup wakeup;
  private final Consumer<Throwable> failureHandler;
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private final ArrayBlockingQueue<Runnable> posts = new ArrayBlockingQueue<>(POST_CAPACITY);
  private final Thread thread;
  private Watch[] watches = new Watch[64];
  private int generation;
  private long timerSequence;
  private volatile boolean closing;

  /**
   * Starts the thread.
   *
   * @param name the thread's name
   * @param failureHandler told what no handler deals with; must not throw
   */
  public Reactor(String name, Consumer<Throwable> failureHandler) throws IOException {
    this.failureHandler = failureHandler;
    epoll = new Epoll();
    try {
      wakeup = new Wakeup();
      epoll.add(wakeup.fd(), Epoll.IN, token(0, wakeup.fd()));
    } catch (ErrnoException e) {
      epoll.close();
      throw e;
    }
    thread = Thread.ofPlatform().name(name).unstarted(this::loop);
    thread.start();
  }

  /**
   * Runs something on the reactor's thread, after what was posted before. From any thread. When
   * 4096 posts wait already, other threads wait for room here; the reactor's own thread, which
   * can't, gets an exception.
   *
   * @throws RejectedExecutionException when the reactor is closed, or its own thread posts too much
   */
  public void post(Runnable task) {
    if (closing || !enqueue(task)) {
      throw new RejectedExecutionException("the reactor " + thread.getName() + " takes no posts");
    }
    wakeup.signal();
  }

  /** Whether the caller is the reactor's thread. */
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  /**
   * Does something once, not before {@code delay} is over (and at most about 1 ms later, if the
   * loop is idle).
   */
  public Timer after(Duration delay, Runnable task) {
    requireLoop();
    Timer timer = new Timer(this, System.nanoTime() + delay.toNanos(), timerSequence++, task);
    timers.add(timer);
    return timer;
  }

  /**
   * Watches a descriptor, at first for {@link Interest#NONE}. A descriptor can be watched once at a
   * time.
   */
  public Watch watch(int fd, Handler handler) {
    requireLoop();
    if (fd >= watches.length) {
      watches = Arrays.copyOf(watches, Math.max(fd + 1, watches.length * 2));
    }
    if (watches[fd] != null) {
      throw new IllegalStateException("descriptor " + fd + " is watched already");
    }
    // A generation of its own, as the descriptor's number may be in the events just fetched, from
    // before it was closed.
    generation = generation == Integer.MAX_VALUE ? 1 : generation + 1;
    Watch watch = new Watch(this, fd, generation, handler);
    watches[fd] = watch;
    return watch;
  }

  /**
   * Ends the loop and, called by another thread, waits for that; what was posted before runs first.
   * Watches and timers are dropped; their descriptors stay open.
   */
  @Override
  public void close() {
    closing = true;
    wakeup.signal();
    if (!inLoop()) {
      joinUninterruptibly();
    }
  }

  void change(Watch watch, Interest from, Interest to) {
    requireLoop();
    int fd = watch.fd();
    long token = token(watch.generation(), fd);
    try {
      // With no interest it must go altogether: epoll reports hang-ups to an empty mask too, again
      // and again.
      if (to == Interest.NONE) {
        epoll.delete(fd);
      } else if (from == Interest.NONE) {
        epoll.add(fd, to.events(), token);
      } else {
        epoll.modify(fd, to.events(), token);
      }
    } catch (ErrnoException e) {
      throw new IllegalStateException(
          "descriptor " + fd + " can't be watched: " + e.getMessage(), e);
    }
  }

  void remove(Watch watch) {
    requireLoop();
    watches[watch.fd()] = null;
  }

  void remove(Timer timer) {
    requireLoop();
    timers.remove(timer);
  }

  private boolean enqueue(Runnable task) {
    if (inLoop()) {
      return posts.offer(task);
    }
    try {
      posts.put(task);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void loop() {
    try {
      while (!closing || !posts.isEmpty()) {
        int count = epoll.await(timeoutMillis());
        for (int i = 0; i < count; i++) {
          dispatch(epoll.data(i), epoll.mask(i));
        }
        runDueTimers();
        runPosts();
      }
    } catch (ErrnoException | RuntimeException | Error e) {
      failureHandler.accept(e);
    } finally {
      closing = true;
      epoll.close();
      wakeup.close();
    }
  }

  private void dispatch(long token, int mask) {
    int fd = (int) token;
    int expected = (int) (token >>> 32);
    if (expected == 0) {
      wakeup.clear();
      return;
    }
    Watch watch = watches[fd];
    if (watch == null || watch.generation() != expected || watch.interest() == Interest.NONE) {
      return;
    }
    try {
      watch.handler().ready(events(mask));
    } catch (Throwable e) {
      fail(watch.handler(), e);
    }
  }

  private void fail(Handler handler, Throwable cause) {
    try {
      handler.failed(cause);
    } catch (Throwable e) {
      e.addSuppressed(cause);
      failureHandler.accept(e);
    }
  }

  private static int events(int mask) {
    if ((mask & (Epoll.ERROR | Epoll.HANGUP)) != 0) {
      return Watch.READABLE | Watch.WRITABLE | Watch.HANGUP;
    }
    return ((mask & Epoll.IN) != 0 ? Watch.READABLE : 0)
        | ((mask & Epoll.OUT) != 0 ? Watch.WRITABLE : 0);
  }

  private void runDueTimers() {
    if (timers.isEmpty()) {
      return;
    }
    // Those that a timer adds wait for the next round, lest they starve the descriptors.
    long now = System.nanoTime();
    for (Timer timer = timers.peek();
        timer != null && timer.dueNanos() - now <= 0;
        timer = timers.peek()) {
      timers.remove();
      run(timer.task());
    }
  }

  private void runPosts() {
    for (int remaining = posts.size(); remaining > 0; remaining--) {
      run(posts.remove());
    }
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      failureHandler.accept(e);
    }
  }

  private int timeoutMillis() {
    if (!posts.isEmpty()) {
      return 0;
    }
    Timer next = timers.peek();
    if (next == null) {
      return NO_TIMEOUT;
    }
    long nanos = next.dueNanos() - System.nanoTime();
    return nanos <= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, (nanos + 999_999) / 1_000_000);
  }

  private void requireLoop() {
    if (!inLoop()) {
      throw new IllegalStateException("only on the thread " + thread.getName());
    }
  }

  private void joinUninterruptibly() {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static long token(int generation, int fd) {
    return (long) generation << 32 | fd;
  }
}
