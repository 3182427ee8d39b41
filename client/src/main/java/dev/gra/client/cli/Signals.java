package dev.gra.client.cli;

import dev.gra.client.RemoteExec;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import sun.misc.Signal;

/**
 * What the signals of this process mean to the command: Ctrl-C goes to it, a second one cancels it,
 * a third leaves it; TERM and HUP cancel it at once.
 */
public final class Signals {
  private static final int SIGINT = 2;

  private final RemoteExec exec;
  private final Messages messages;
  private final AtomicInteger interrupts = new AtomicInteger();

  private Signals(RemoteExec exec, Messages messages) {
    this.exec = exec;
    this.messages = messages;
  }

  /** From now on. Nothing takes them back: the process ends with its exec. */
  static void handle(RemoteExec exec, Messages messages) {
    Signals signals = new Signals(exec, messages);
    Signal.handle(new Signal("INT"), signal -> signals.interrupt());
    for (String name : List.of("TERM", "HUP")) {
      Signal.handle(new Signal(name), signal -> exec.cancel("SIG" + name + " to gractl"));
    }
  }

  /** From now on these end what goes on until somebody ends it. */
  public static void handle(Runnable end) {
    handle(_ -> end.run());
  }

  /** The same, told which: the name, as in SIGINT. */
  static void handle(Consumer<String> end) {
    for (String name : List.of("INT", "TERM", "HUP")) {
      Signal.handle(new Signal(name), _ -> end.accept("SIG" + name));
    }
  }

  private void interrupt() {
    switch (interrupts.incrementAndGet()) {
      case 1 -> exec.signal(SIGINT);
      case 2 -> {
        messages.say("ending the command; once more leaves it running");
        exec.cancel("Ctrl-C");
      }
      default -> exec.detach();
    }
  }
}
