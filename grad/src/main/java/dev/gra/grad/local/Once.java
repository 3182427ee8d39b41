package dev.gra.grad.local;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/** Computes at the first call; later ones get the same, waiting for it if need be. */
final class Once {
  private Once() {}

  static <T> Supplier<T> of(Supplier<T> computation) {
    var task = new FutureTask<>(computation::get);
    return () -> {
      task.run();
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
