package dev.gra.client.cli;

import com.google.protobuf.Duration;
import dev.gra.client.GraException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them: {@code 90}, {@code 30s}, {@code 5m}, {@code 1h30m}, {@code
 * never}.
 */
public final class Durations {
  private static final Pattern WHOLE = Pattern.compile("(\\d{1,9}(ms|s|m|h|d))+");
  private static final Pattern PART = Pattern.compile("(\\d+)(ms|s|m|h|d)");
  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

  /** Minus one second, which the protocol takes for "without limit". */
  public static final Duration NEVER = Duration.newBuilder().setSeconds(-1).build();

  /**
   * Reads one.
   *
   * @param option that it was given for, for the error
   */
  public static Duration parse(String option, String text) {
    if (text.equals("never")) {
      return NEVER;
    }
    if (text.matches("\\d{1,9}")) {
      return Duration.newBuilder().setSeconds(Long.parseLong(text)).build();
    }
    if (!WHOLE.matcher(text).matches()) {
      throw GraException.of(
          Usage.REASON,
          option + ": \"" + text + "\" is not a duration",
          option + " 30s, 5m, 1h30m");
    }
    long millis = 0;
    for (Matcher part = PART.matcher(text); part.find(); ) {
      millis += Long.parseLong(part.group(1)) * MILLIS.get(part.group(2));
    }
    return Duration.newBuilder()
        .setSeconds(millis / 1000)
        .setNanos((int) (millis % 1000) * 1_000_000)
        .build();
  }

  private Durations() {}
}
