package dev.gra.client.cli;

import dev.gra.v1.CreationStage;
import java.time.Duration;

/**
 * Shows the stages of a runner that is being made: on a terminal one line that changes; elsewhere
 * nothing of what is over at once, then each stage, and a sign of life when one lasts.
 */
final class CreationProgress implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration QUIET = Duration.ofSeconds(60);

  private final Messages messages;
  private final String runner;
  private final long patience;
  private final long quiet;
  private final long begin = System.nanoTime();
  private Thread watch;
  private String stage = "";
  private String said = "";
  private boolean over;

  CreationProgress(Messages messages, String runner) {
    this(messages, runner, PATIENCE, QUIET);
  }

  CreationProgress(Messages messages, String runner, Duration patience, Duration quiet) {
    this.messages = messages;
    this.runner = runner;
    this.patience = patience.toNanos();
    this.quiet = quiet.toNanos();
  }

  synchronized void reached(CreationStage reached) {
    String more = reached.getMessage().isEmpty() ? "" : " (" + reached.getMessage() + ")";
    stage = "runner " + runner + ": " + reached.getName() + more;
    messages.progress(stage);
    if (watch == null && !messages.terminal()) {
      watch = Thread.ofPlatform().daemon().name("gra-creation-" + runner).start(this::watch);
    }
    notifyAll();
  }

  private synchronized void watch() {
    long due = begin + patience;
    try {
      while (!over) {
        long left = due - System.nanoTime();
        boolean late = System.nanoTime() - begin >= patience;
        if (left <= 0 || (late && !stage.equals(said))) {
          long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
          messages.say(stage.equals(said) ? stage + ", for " + seconds + " s now" : stage);
          said = stage;
          due = System.nanoTime() + quiet;
        } else {
          wait(left / 1_000_000 + 1);
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
    messages.clear();
  }
}
