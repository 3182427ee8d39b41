package dev.gra.grad.local;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/** Computes once, on a thread of its own that ends with it; whoever asks waits for it. */
final class Once {
  private Once() {}

  static <T> Supplier<T> begin(String name, Supplier<T> computation) {
    var task = new FutureTask<>(computation::get);
    Thread.ofVirtual().name(name).start(task);
    return () -> {
      try {
        return task.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    };
  }
}
