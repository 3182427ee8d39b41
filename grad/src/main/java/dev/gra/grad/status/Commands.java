package dev.gra.grad.status;

import dev.gra.grad.audit.Argv;
import dev.gra.v1.Exec;
import dev.gra.v1.Start;

/** Commands as a line, as far as they may be shown. */
record Commands(Argv argv) {
  private static final int MOST = 200;

  String of(Start start) {
    return cut(String.join(" ", argv.of(start)));
  }

  /** What a runner tells has all arguments in it. */
  String of(Exec exec) {
    String all = exec.getCommand().strip();
    return switch (argv) {
      case NONE -> "";
      case PROGRAM -> all.split("\\s", 2)[0];
      case ALL -> cut(all);
    };
  }

  private static String cut(String text) {
    if (text.length() <= MOST) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(MOST - 2)) ? MOST - 2 : MOST - 1;
    return text.substring(0, end) + "…";
  }
}
