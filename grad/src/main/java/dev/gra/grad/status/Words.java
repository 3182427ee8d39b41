package dev.gra.grad.status;

import dev.gra.v1.Ending;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Figures for people. */
final class Words {
  private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};

  private Words() {}

  static String bytes(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double size = bytes / 1024.0;
    int unit = 0;
    while (size >= 1023.95 && unit < UNITS.length - 1) {
      size /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", size, UNITS[unit]);
  }

  /** To the second. */
  static String age(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return two(seconds / 60, "min", seconds % 60, "s");
    }
    return seconds < 86_400
        ? two(seconds / 3600, "h", seconds / 60 % 60, "min")
        : two(seconds / 86_400, "d", seconds / 3600 % 24, "h");
  }

  /** To the millisecond, where that is much of it. */
  static String took(Duration duration) {
    if (duration.toMillis() < 1000) {
      return duration.toMillis() + " ms";
    }
    return duration.toSeconds() < 60
        ? String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0)
        : age(duration);
  }

  static String count(long number, String one, String more) {
    return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? one : more);
  }

  /** RFC 3339, to the second. */
  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  static String ending(Ending ending) {
    return switch (ending.getKindCase()) {
      case EXITED -> "exit " + ending.getExited().getCode();
      case SIGNALLED -> "signal " + ending.getSignalled().getSignal();
      case TIMED_OUT -> "timed out";
      case OUT_OF_MEMORY -> "out of memory";
      case CANCELLED -> "cancelled";
      case FAILED_TO_START -> "failed to start";
      case RUNNER_LOST -> "runner lost";
      case OUTPUT_LIMIT -> "output limit";
      case STDIN_LOST -> "stdin lost";
      case KIND_NOT_SET -> "unknown";
    };
  }

  private static String two(long many, String unit, long few, String fewUnit) {
    return few == 0 ? many + " " + unit : many + " " + unit + " " + few + " " + fewUnit;
  }
}
