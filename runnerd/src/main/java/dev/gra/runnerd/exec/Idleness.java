package dev.gra.runnerd.exec;

import dev.gra.runnerd.process.Reactor;
import dev.gra.runnerd.process.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Notices when there was nothing to do for so long that the runner may end. */
final class Idleness {
  private final Reactor reactor;
  private final Optional<Duration> timeout;
  private final BooleanSupplier busy;
  private final Runnable whenIdle;
  private Timer timer;

  /**
   * @param timeout after how long; never if empty
   */
  Idleness(Reactor reactor, Optional<Duration> timeout, BooleanSupplier busy, Runnable whenIdle) {
    this.reactor = reactor;
    this.timeout = timeout;
    this.busy = busy;
    this.whenIdle = whenIdle;
  }

  /** Something changed. Time alone makes it less busy, too; so it is to be called now and then. */
  void update() {
    if (timeout.isEmpty()) {
      return;
    }
    if (busy.getAsBoolean()) {
      stop();
    } else if (timer == null) {
      timer = reactor.after(timeout.get(), this::fire);
    }
  }

  /** Notices no more. */
  void stop() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void fire() {
    timer = null;
    if (!busy.getAsBoolean()) {
      whenIdle.run();
    }
  }
}
