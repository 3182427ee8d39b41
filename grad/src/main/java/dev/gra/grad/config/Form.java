package dev.gra.grad.config;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What values of a key look like. A check throws IllegalArgumentException that says what is wrong.
 */
public sealed interface Form {
  /** What stands for a value in help. */
  String placeholder();

  void check(String value);

  /** How a value is shown. */
  default String shown(String value) {
    return value;
  }

  /** Anything. */
  record Text(String placeholder, boolean secret) implements Form {
    @Override
    public void check(String value) {}

    @Override
    public String shown(String value) {
      return secret && !value.isEmpty() ? "********" : value;
    }
  }

  /** A web address with a place for a trace's id. */
  record TraceAddress() implements Form {
    @Override
    public String placeholder() {
      return "URL";
    }

    @Override
    public void check(String value) {
      boolean right = value.matches("https?://.+") && value.contains("{trace}");
      require(right, "must be an http or https address with {trace} in it");
    }
  }

  /** One of a few words. */
  record Choice(List<String> choices) implements Form {
    @Override
    public String placeholder() {
      return String.join("|", choices);
    }

    @Override
    public void check(String value) {
      require(choices.contains(value), "must be one of " + String.join(", ", choices));
    }
  }

  /** A whole number. */
  record Whole(long least, long most) implements Form {
    @Override
    public String placeholder() {
      return least + ".." + most;
    }

    @Override
    public void check(String value) {
      boolean right = value.matches("\\d{1,18}");
      right = right && Long.parseLong(value) >= least && Long.parseLong(value) <= most;
      require(right, "must be a number from " + least + " to " + most);
    }
  }

  /** Host and port. */
  record Address() implements Form {
    @Override
    public String placeholder() {
      return "HOST:PORT";
    }

    @Override
    public void check(String value) {
      int colon = value.lastIndexOf(':');
      boolean right = colon > 0 && value.substring(colon + 1).matches("\\d{1,5}");
      right = right && Integer.parseInt(value.substring(colon + 1)) <= 65_535;
      require(right, "must be HOST:PORT");
    }

    static InetSocketAddress parse(String value) {
      int colon = value.lastIndexOf(':');
      String host = value.substring(0, colon);
      int port = Integer.parseInt(value.substring(colon + 1));
      boolean brackets = host.startsWith("[") && host.endsWith("]");
      return new InetSocketAddress(brackets ? host.substring(1, host.length() - 1) : host, port);
    }
  }

  /** A length of time. */
  record Time(boolean orNever) implements Form {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
    private static final String NEVER = "never";

    @Override
    public String placeholder() {
      return orNever ? "TIME|never" : "TIME";
    }

    @Override
    public void check(String value) {
      boolean right = orNever && value.equals(NEVER);
      right = right || (FORM.matcher(value).matches() && !parse(value).isZero());
      require(right, "must be a time such as 500ms, 30s, 5m, 2h" + (orNever ? ", or never" : ""));
    }

    static boolean never(String value) {
      return value.equals(NEVER);
    }

    static Duration parse(String value) {
      var match = FORM.matcher(value);
      require(match.matches(), "must be a time");
      long number = Long.parseLong(match.group(1));
      return switch (match.group(2)) {
        case "ms" -> Duration.ofMillis(number);
        case "s" -> Duration.ofSeconds(number);
        case "m" -> Duration.ofMinutes(number);
        case "h" -> Duration.ofHours(number);
        default -> Duration.ofDays(number);
      };
    }
  }

  /** A number of bytes. */
  record Size() implements Form {
    private static final Pattern FORM = Pattern.compile("(\\d{1,6})(KiB|MiB|GiB)");
    private static final long LEAST = 1 << 20;

    @Override
    public String placeholder() {
      return "SIZE";
    }

    @Override
    public void check(String value) {
      boolean right = FORM.matcher(value).matches() && parse(value) >= LEAST;
      require(right, "must be a size such as 32MiB, at least 1MiB");
    }

    static long parse(String value) {
      var match = FORM.matcher(value);
      require(match.matches(), "must be a size");
      long number = Long.parseLong(match.group(1));
      return switch (match.group(2)) {
        case "KiB" -> number << 10;
        case "MiB" -> number << 20;
        default -> number << 30;
      };
    }
  }

  private static void require(boolean right, String problem) {
    if (!right) {
      throw new IllegalArgumentException(problem);
    }
  }
}
