package dev.gra.client.cli;

import dev.gra.client.GraException;
import dev.gra.client.RemoteExec;
import java.util.Map;

/**
 * Ctrl-C and its like, to what is made of many calls and execs: the first ends what is under way in
 * the runner too; another leaves it, for where it can't be reached.
 */
final class Interruption {
  /** Reasons of failures, and their exit codes. */
  static final Map<String, Integer> ENDINGS = Map.of("SIGINT", 130, "SIGTERM", 143, "SIGHUP", 129);

  private final Thread worker;
  private RemoteExec exec;
  private String signal;

  /** From now on, for what this thread does. */
  Interruption() {
    worker = Thread.currentThread();
    Signals.handle(this::interrupted);
  }

  private synchronized void interrupted(String by) {
    if (exec == null) {
      worker.interrupt();
    } else if (signal == null) {
      exec.cancel(by + " to gractl");
    } else {
      exec.leave();
    }
    signal = by;
  }

  /** What is under way from now on. */
  synchronized void during(RemoteExec started) {
    exec = started;
    if (signal != null) {
      exec.cancel(signal + " to gractl");
    }
  }

  /** Nothing is any more. */
  synchronized void over() {
    exec = null;
  }

  synchronized boolean happened() {
    return signal != null;
  }

  /** What to tell, if it happened; else that failure. */
  synchronized GraException instead(GraException failure) {
    return signal == null
        ? failure
        : GraException.of(
            signal, "the sync was interrupted", "the same again: it goes on from there", failure);
  }
}
