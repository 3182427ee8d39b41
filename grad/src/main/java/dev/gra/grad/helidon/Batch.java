package dev.gra.grad.helidon;

import java.util.function.Consumer;

/**
 * Messages that one thread writes to a call in one go: their data reaches the socket in one piece,
 * which wakes the client once. While it is open, no other thread writes data on the connection.
 */
final class Batch {
  private static final ScopedValue<Batch> CURRENT = ScopedValue.newInstance();

  private WatchedWriter open;

  private Batch() {}

  /** What is written meanwhile is one batch. */
  static void of(Runnable writes) {
    var batch = new Batch();
    ScopedValue.where(CURRENT, batch)
        .run(
            () -> {
              try {
                writes.run();
              } finally {
                batch.flush();
              }
            });
  }

  /** The caller's batch, or one of its own. */
  static void within(Consumer<Batch> write) {
    if (CURRENT.isBound()) {
      write.accept(CURRENT.get());
    } else {
      of(() -> write.accept(CURRENT.get()));
    }
  }

  /** Gathers from now on what this thread writes to a connection. */
  void open(WatchedWriter connection) {
    if (open == null) {
      connection.gather();
      open = connection;
    }
  }

  /** Sends what was gathered. */
  void flush() {
    if (open != null) {
      var connection = open;
      open = null;
      connection.send();
    }
  }
}
