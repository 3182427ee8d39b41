package dev.gra.grad.status;

import dev.gra.grad.runner.Runner;
import dev.gra.grad.runner.RunnerUid;
import dev.gra.v1.Exec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Asks runners what runs there, all at once. Whoever comes while a runner is being asked shares its
 * answer, so that a runner that doesn't answer holds up one thread, however many look.
 */
final class Asking implements AutoCloseable {
  private final Function<Runner, List<Exec>> ask;
  private final Map<RunnerUid, CompletableFuture<List<Exec>>> underWay = new ConcurrentHashMap<>();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("status-ask-", 0).factory());

  /**
   * @param ask what runs in a runner; throws if it can't be asked
   */
  Asking(Function<Runner, List<Exec>> ask) {
    this.ask = ask;
  }

  /** The answers that came in time. */
  Map<RunnerUid, List<Exec>> answers(List<Runner> runners, Duration atMost) {
    Map<RunnerUid, CompletableFuture<List<Exec>>> asked = new HashMap<>();
    for (Runner runner : runners) {
      asked.put(runner.uid(), asked(runner));
    }
    CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new))
        .handle((_, _) -> true)
        .completeOnTimeout(false, atMost.toMillis(), TimeUnit.MILLISECONDS)
        .join();
    Map<RunnerUid, List<Exec>> answers = new HashMap<>();
    asked.forEach(
        (uid, answer) -> {
          if (answer.state() == Future.State.SUCCESS) {
            answers.put(uid, answer.resultNow());
          }
        });
    return answers;
  }

  /** Asks nobody any more. */
  @Override
  public void close() {
    threads.shutdownNow();
  }

  private CompletableFuture<List<Exec>> asked(Runner runner) {
    CompletableFuture<List<Exec>> mine = new CompletableFuture<>();
    CompletableFuture<List<Exec>> found = underWay.putIfAbsent(runner.uid(), mine);
    if (found != null) {
      return found;
    }
    threads.execute(
        () -> {
          try {
            mine.complete(ask.apply(runner));
          } catch (RuntimeException e) {
            // That it gave no answer is what the page says of it.
            mine.completeExceptionally(e);
          } finally {
            underWay.remove(runner.uid(), mine);
          }
        });
    return mine;
  }
}
