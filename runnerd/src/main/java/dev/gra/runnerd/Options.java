package dev.gra.runnerd;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The command line.
 *
 * @param socket where links are taken
 * @param state journal, spools and scripts
 * @param workspace where commands run
 * @param runnerUid the runner's uid
 * @param idleTimeout after how long without anything to do runnerd ends; never if empty
 * @param spoolBytes how much of each output stream is kept
 */
record Options(
    Path socket,
    Path state,
    Path workspace,
    String runnerUid,
    Optional<Duration> idleTimeout,
    long spoolBytes) {
  static final String USAGE =
      """
      Usage: runnerd --socket PATH --state DIR --workspace DIR --runner-uid UID
                     [--idle-timeout SECONDS|never] [--spool-bytes N]
      """;

  private static final String NEVER = "never";
  private static final Set<String> NAMES =
      Set.of(
          "--socket", "--state", "--workspace", "--runner-uid", "--idle-timeout", "--spool-bytes");

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException if it is wrong, with a line for people
   */
  static Options parse(List<String> args) {
    Map<String, String> values = values(args);
    return new Options(
        path(values, "--socket"),
        path(values, "--state"),
        path(values, "--workspace"),
        required(values, "--runner-uid"),
        idleTimeout(values.getOrDefault("--idle-timeout", "300")),
        positive("--spool-bytes", values.getOrDefault("--spool-bytes", "67108864")));
  }

  private static Map<String, String> values(List<String> args) {
    Map<String, String> values = new HashMap<>();
    Deque<String> rest = new ArrayDeque<>(args);
    while (!rest.isEmpty()) {
      String name = rest.remove();
      if (!NAMES.contains(name)) {
        throw new IllegalArgumentException("unknown option " + name);
      }
      if (rest.isEmpty()) {
        throw new IllegalArgumentException(name + " wants a value");
      }
      if (values.put(name, rest.remove()) != null) {
        throw new IllegalArgumentException(name + " is given twice");
      }
    }
    return values;
  }

  private static Path path(Map<String, String> values, String name) {
    return Path.of(required(values, name)).toAbsolutePath().normalize();
  }

  private static String required(Map<String, String> values, String name) {
    String value = values.get(name);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value;
  }

  private static Optional<Duration> idleTimeout(String value) {
    return value.equals(NEVER)
        ? Optional.empty()
        : Optional.of(Duration.ofSeconds(positive("--idle-timeout", value)));
  }

  private static long positive(String name, String value) {
    try {
      long number = Long.parseLong(value);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " wants a number, not " + value, e);
    }
    throw new IllegalArgumentException(name + " wants a positive number, not " + value);
  }
}
