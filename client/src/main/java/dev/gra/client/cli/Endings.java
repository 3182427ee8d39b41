package dev.gra.client.cli;

import com.google.protobuf.Duration;
import dev.gra.v1.Ending;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** An ending for people and for JSON. */
public final class Endings {
  /** A few words: "exited with 3", "timed out after 30s". */
  public static String describe(Ending ending) {
    return switch (ending.getKindCase()) {
      case EXITED -> "exited with " + ending.getExited().getCode();
      case SIGNALLED ->
          "was ended by signal "
              + ending.getSignalled().getSignal()
              + (ending.getSignalled().getCoreDumped() ? " (core dumped)" : "");
      case TIMED_OUT -> "timed out after " + seconds(ending.getTimedOut().getAfter());
      case OUT_OF_MEMORY -> "ran out of memory";
      case CANCELLED -> "was cancelled (" + ending.getCancelled().getBy() + ")";
      case FAILED_TO_START -> "could not be started: " + ending.getFailedToStart().getMessage();
      case RUNNER_LOST ->
          "lost its runner (" + ending.getRunnerLost().getWhy() + "): how it went on isn't known";
      case OUTPUT_LIMIT ->
          "was ended, for its output could not be kept: " + ending.getOutputLimit().getWhy();
      case STDIN_LOST -> "was ended, for the source of its stdin was lost";
      case KIND_NOT_SET -> "ended in a way that this gractl doesn't know";
    };
  }

  /** {@code {"kind": "exited", "code": 3}} and so on. */
  public static Map<String, Object> json(Ending ending) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kind", kind(ending));
    switch (ending.getKindCase()) {
      case EXITED -> json.put("code", ending.getExited().getCode());
      case SIGNALLED -> {
        json.put("signal", ending.getSignalled().getSignal());
        json.put("coreDumped", ending.getSignalled().getCoreDumped());
      }
      case TIMED_OUT -> json.put("afterMillis", millis(ending.getTimedOut().getAfter()));
      case CANCELLED -> json.put("by", ending.getCancelled().getBy());
      case FAILED_TO_START -> {
        String reason = ending.getFailedToStart().getReason().name();
        json.put("reason", reason.replaceFirst("^REASON_", ""));
        json.put("message", ending.getFailedToStart().getMessage());
      }
      case RUNNER_LOST -> json.put("why", ending.getRunnerLost().getWhy());
      case OUTPUT_LIMIT -> json.put("why", ending.getOutputLimit().getWhy());
      case OUT_OF_MEMORY, STDIN_LOST, KIND_NOT_SET -> {}
    }
    return json;
  }

  /** One word. */
  public static String kind(Ending ending) {
    return ending.getKindCase() == Ending.KindCase.KIND_NOT_SET
        ? "unknown"
        : ending.getKindCase().name().toLowerCase(Locale.ROOT);
  }

  static long millis(Duration duration) {
    return duration.getSeconds() * 1000 + duration.getNanos() / 1_000_000;
  }

  static String seconds(Duration duration) {
    long millis = millis(duration);
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }

  private Endings() {}
}
