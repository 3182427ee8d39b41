package dev.gra.grad.status;

import dev.gra.grad.runner.RunnerState;
import dev.gra.v1.Ending;
import java.util.Locale;

/** How good a word is; its colour, besides what it says. */
enum Tone {
  GOOD,
  BUSY,
  CALM,
  WARN,
  BAD;

  static Tone of(RunnerState state) {
    return switch (state) {
      case READY -> GOOD;
      case CREATING -> BUSY;
      case RESTARTING -> WARN;
      case FINISHED, DELETING -> CALM;
      case FAILED -> BAD;
    };
  }

  static Tone of(Ending ending) {
    return switch (ending.getKindCase()) {
      case EXITED -> ending.getExited().getCode() == 0 ? GOOD : BAD;
      case CANCELLED -> CALM;
      case TIMED_OUT -> WARN;
      case SIGNALLED,
          OUT_OF_MEMORY,
          FAILED_TO_START,
          RUNNER_LOST,
          OUTPUT_LIMIT,
          STDIN_LOST,
          KIND_NOT_SET ->
          BAD;
    };
  }

  /** The word, coloured. */
  void badge(Html html, String word) {
    html.element("span", word, "class", "badge " + name().toLowerCase(Locale.ROOT));
  }
}
