package dev.gra.client.cli;

import java.time.Duration;

/**
 * Says on stderr that a quiet command still runs, where no person sees it: agents take silence for
 * death.
 */
final class SignOfLife implements AutoCloseable {
  private final Messages messages;
  private final String execId;
  private final long quietNanos;
  private final long begin = System.nanoTime();
  private volatile long lastOutput = begin;
  private boolean over;

  SignOfLife(Messages messages, String execId, Duration quiet) {
    this.messages = messages;
    this.execId = execId;
    this.quietNanos = quiet.toNanos();
    if (!messages.terminal()) {
      Thread.ofPlatform().daemon().name("gra-sign-of-life-" + execId).start(this::run);
    }
  }

  void output() {
    lastOutput = System.nanoTime();
  }

  private synchronized void run() {
    long lastSaid = begin;
    try {
      while (!over) {
        long now = System.nanoTime();
        long due = Math.max(lastOutput, lastSaid) + quietNanos;
        if (now - due >= 0) {
          long minutes = Duration.ofNanos(now - begin).toMinutes();
          messages.say("still running after " + minutes + " min (exec " + execId + ")");
          lastSaid = now;
        } else {
          wait(Math.max(1, (due - now) / 1_000_000));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public synchronized void close() {
    over = true;
    notifyAll();
  }
}
