package dev.gra.runnerd.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReactorTest {
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private Reactor reactor;
  private Fds.Pipe pipe;

  @BeforeEach
  void open() throws Exception {
    reactor = new Reactor("test-reactor", failures::add);
    pipe = Fds.pipe();
    Fds.makeNonblocking(pipe.readEnd());
    Fds.makeNonblocking(pipe.writeEnd());
  }

  @AfterEach
  void close() {
    reactor.close();
    pipe.close();
  }

  @Test
  void posts_run_in_order_on_the_one_thread() throws Exception {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      int number = i;
      reactor.post(() -> order.add(number));
    }
    assertThat(onLoop(() -> Thread.currentThread().getName())).isEqualTo("test-reactor");
    assertThat(onLoop(() -> List.copyOf(order))).hasSize(10_000).isSorted();
  }

  @Test
  void posts_of_many_threads_all_run() throws Exception {
    AtomicInteger count = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      threads.add(
          Thread.ofPlatform()
              .name("poster-" + t)
              .start(
                  () -> {
                    for (int i = 0; i < 20_000; i++) {
                      reactor.post(count::incrementAndGet);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(onLoop(count::get)).isEqualTo(160_000);
  }

  @Test
  void the_loop_itself_cant_post_without_bound() throws Exception {
    String refused =
        onLoop(
            () -> {
              try {
                for (int i = 0; i <= Reactor.POST_CAPACITY; i++) {
                  reactor.post(() -> {});
                }
                return "taken";
              } catch (RejectedExecutionException e) {
                return "refused";
              }
            });
    assertThat(refused).isEqualTo("refused");
    assertThat(onLoop(() -> "alive")).isEqualTo("alive");
  }

  @Test
  void timers_run_in_the_order_of_their_times_and_not_before() throws Exception {
    ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();
    long start = System.nanoTime();
    long[] elapsed = new long[1];
    onLoop(
        () -> {
          reactor.after(
              Duration.ofMillis(60),
              () -> {
                elapsed[0] = System.nanoTime() - start;
                order.add("late");
              });
          reactor.after(Duration.ofMillis(20), () -> order.add("early"));
          reactor.after(Duration.ofMillis(20), () -> order.add("early, too"));
          reactor.after(Duration.ofMillis(30), () -> order.add("never")).cancel();
          return reactor.after(Duration.ZERO, () -> order.add("now"));
        });
    await().until(() -> order.size() == 4);
    assertThat(order).containsExactly("now", "early", "early, too", "late");
    assertThat(elapsed[0]).isGreaterThanOrEqualTo(60_000_000);
  }

  @Test
  void a_watch_tells_what_its_interest_asks_for() throws Exception {
    ConcurrentLinkedQueue<Integer> seen = new ConcurrentLinkedQueue<>();
    Watch watch = onLoop(() -> reactor.watch(pipe.readEnd(), handler(seen)));
    Fds.write(pipe.writeEnd(), bytes(10));
    roundTrips();
    assertThat(seen).isEmpty();

    interest(watch, Interest.READ);
    await().until(() -> seen.size() > 3); // level-triggered: again and again, as nobody reads
    assertThat(seen).containsOnly(Watch.READABLE);

    interest(watch, Interest.NONE);
    seen.clear();
    roundTrips();
    assertThat(seen).isEmpty();
  }

  @Test
  void a_full_pipe_is_writable_again_when_it_was_read() throws Exception {
    while (Fds.write(pipe.writeEnd(), bytes(4096)) != Fds.WOULD_BLOCK) {}
    ConcurrentLinkedQueue<Integer> seen = new ConcurrentLinkedQueue<>();
    Watch watch = onLoop(() -> reactor.watch(pipe.writeEnd(), handler(seen)));
    interest(watch, Interest.WRITE);
    roundTrips();
    assertThat(seen).isEmpty();
    while (Fds.read(pipe.readEnd(), ByteBuffer.allocateDirect(65536)) > 0) {}
    await().until(() -> seen.contains(Watch.WRITABLE));
  }

  @Test
  void a_gone_reader_is_told_to_who_waits_for_hang_up_only() throws Exception {
    ConcurrentLinkedQueue<Integer> seen = new ConcurrentLinkedQueue<>();
    Fds.Pipe other = Fds.pipe();
    Watch watch = onLoop(() -> reactor.watch(other.writeEnd(), handler(seen)));
    interest(watch, Interest.HANGUP);
    roundTrips();
    assertThat(seen).isEmpty();
    Fds.close(other.readEnd());
    await().until(() -> !seen.isEmpty());
    assertThat(seen.peek() & Watch.HANGUP).isEqualTo(Watch.HANGUP);
    assertThat(Fds.write(other.writeEnd(), bytes(1))).isEqualTo(Fds.CLOSED);
    onLoop(
        () -> {
          watch.close();
          return true;
        });
  }

  @Test
  void a_failing_handler_is_told_and_the_loop_goes_on() throws Exception {
    CompletableFuture<Throwable> told = new CompletableFuture<>();
    Fds.write(pipe.writeEnd(), bytes(1));
    onLoop(
        () -> {
          Watch[] watch = new Watch[1];
          watch[0] =
              reactor.watch(
                  pipe.readEnd(),
                  new Handler() {
                    @Override
                    public void ready(int events) {
                      throw new IllegalStateException("on purpose");
                    }

                    @Override
                    public void failed(Throwable cause) {
                      watch[0].cancel();
                      told.complete(cause);
                      throw new IllegalStateException("this, too");
                    }
                  });
          watch[0].interest(Interest.READ);
          return reactor.after(
              Duration.ZERO,
              () -> {
                throw new IllegalStateException("a timer");
              });
        });
    assertThat(told.get(5, TimeUnit.SECONDS)).hasMessage("on purpose");
    await().until(() -> failures.size() == 2);
    assertThat(failures)
        .extracting(Throwable::getMessage)
        .containsExactlyInAnyOrder("this, too", "a timer");
    assertThat(onLoop(() -> "alive")).isEqualTo("alive");
  }

  @Test
  void an_event_of_a_closed_descriptor_does_not_reach_its_successor() throws Exception {
    // Both ends are ready in one fetch; the first handler closes the second's descriptor, whose
    // number is used again at once.
    Fds.Pipe first = Fds.pipe();
    Fds.Pipe second = Fds.pipe();
    ConcurrentLinkedQueue<Integer> seen = new ConcurrentLinkedQueue<>();
    CountDownLatch replaced = new CountDownLatch(1);
    Fds.write(first.writeEnd(), bytes(1));
    Fds.write(second.writeEnd(), bytes(1));
    List<Fds.Pipe> successors = new ArrayList<>();
    onLoop(
        () -> {
          List<Watch> watches = new ArrayList<>();
          Handler replaceBoth =
              new Handler() {
                @Override
                public void ready(int events) throws ErrnoException {
                  watches.forEach(Watch::close);
                  Fds.Pipe successor = Fds.pipe();
                  successors.add(successor);
                  reactor.watch(successor.readEnd(), handler(seen)).interest(Interest.READ);
                  reactor.watch(successor.writeEnd(), handler(seen)).interest(Interest.READ);
                  replaced.countDown();
                }

                @Override
                public void failed(Throwable cause) {
                  failures.add(cause);
                }
              };
          watches.add(reactor.watch(first.readEnd(), replaceBoth));
          watches.add(reactor.watch(second.readEnd(), replaceBoth));
          watches.forEach(watch -> watch.interest(Interest.READ));
          return true;
        });
    assertThat(replaced.await(5, TimeUnit.SECONDS)).isTrue();
    roundTrips();
    assertThat(successors).hasSize(1);
    assertThat(List.of(successors.getFirst().readEnd(), successors.getFirst().writeEnd()))
        .containsExactlyInAnyOrder(first.readEnd(), second.readEnd());
    assertThat(seen).isEmpty();
    assertThat(failures).isEmpty();
    reactor.close();
    successors.forEach(Fds.Pipe::close);
    Fds.close(first.writeEnd());
    Fds.close(second.writeEnd());
  }

  @Test
  void a_pidfd_is_readable_when_its_process_ends() throws Exception {
    CompletableFuture<Exit> ended = new CompletableFuture<>();
    onLoop(
        () -> {
          try {
            Child child = Processes.spawn(Processes.shell("exit 7"));
            reactor
                .watch(
                    child.pidfd(),
                    new Handler() {
                      @Override
                      public void ready(int events) throws ErrnoException {
                        ended.complete(child.reap().orElseThrow());
                        Processes.TREE.remove(child);
                        Processes.close(child);
                      }

                      @Override
                      public void failed(Throwable cause) {
                        ended.completeExceptionally(cause);
                      }
                    })
                .interest(Interest.READ);
            return child;
          } catch (SpawnException e) {
            throw new AssertionError(e);
          }
        });
    assertThat(ended.get(5, TimeUnit.SECONDS)).isInstanceOf(Exit.Exited.class);
  }

  @Test
  void only_its_own_thread_may_touch_it() throws Exception {
    assertThatThrownBy(() -> reactor.after(Duration.ZERO, () -> {}))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> reactor.watch(0, handler(new ConcurrentLinkedQueue<>())))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void close_runs_what_was_posted_and_takes_no_more() {
    AtomicInteger count = new AtomicInteger();
    for (int i = 0; i < 100; i++) {
      reactor.post(count::incrementAndGet);
    }
    reactor.close();
    assertThat(count).hasValue(100);
    assertThatThrownBy(() -> reactor.post(() -> {})).isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void it_leaves_no_thread_and_no_descriptor() throws Exception {
    int before = Processes.openDescriptors();
    for (int i = 0; i < 50; i++) {
      try (Reactor other = new Reactor("short-lived", failures::add)) {
        other.post(() -> {});
      }
    }
    assertThat(Processes.openDescriptors()).isEqualTo(before);
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("short-lived");
  }

  private void interest(Watch watch, Interest interest) throws Exception {
    onLoop(
        () -> {
          watch.interest(interest);
          return true;
        });
  }

  /** Long enough for the loop to have seen what there is. */
  private void roundTrips() throws Exception {
    for (int i = 0; i < 20; i++) {
      assertThat(onLoop(() -> true)).isTrue();
    }
  }

  private <T> T onLoop(Supplier<T> task) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    reactor.post(
        () -> {
          try {
            result.complete(task.get());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    return result.get(10, TimeUnit.SECONDS);
  }

  private Handler handler(ConcurrentLinkedQueue<Integer> seen) {
    return new Handler() {
      @Override
      public void ready(int events) {
        seen.add(events);
      }

      @Override
      public void failed(Throwable cause) {
        failures.add(cause);
      }
    };
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocateDirect(count);
  }
}
