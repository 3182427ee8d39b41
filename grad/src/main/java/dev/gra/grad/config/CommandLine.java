package dev.gra.grad.config;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the command line says.
 *
 * @param file that {@code --config} names
 */
public record CommandLine(
    boolean help, boolean version, Optional<Path> file, Map<Key, String> values) {

  /**
   * Reads it.
   *
   * @throws ConfigException if a flag is unknown or lacks its value
   */
  public static CommandLine parse(String... args) {
    boolean help = false;
    boolean version = false;
    Optional<Path> file = Optional.empty();
    Map<Key, String> values = new EnumMap<>(Key.class);
    for (Iterator<String> rest = List.of(args).iterator(); rest.hasNext(); ) {
      String arg = rest.next();
      int equals = arg.indexOf('=');
      String flag = equals < 0 ? arg : arg.substring(0, equals);
      Optional<String> given =
          equals < 0 ? Optional.empty() : Optional.of(arg.substring(equals + 1));
      switch (flag) {
        case "--help", "-h" -> help = true;
        case "--version" -> version = true;
        case "--config" -> file = Optional.of(Path.of(value(flag, given, rest)));
        default -> {
          Key key = key(flag);
          boolean bare = given.isEmpty() && key.form() == Forms.FLAG;
          values.put(key, bare ? "true" : value(flag, given, rest));
        }
      }
    }
    return new CommandLine(help, version, file, values);
  }

  /** All keys, for a person. */
  public static String usage() {
    StringBuilder out = new StringBuilder();
    out.append("Usage: grad [--config FILE] [--KEY VALUE]...\n\n");
    out.append("Keys are also taken from GRAD_KEY in the environment, and from FILE (YAML).\n");
    out.append("Flags weigh most, then the environment, then the file.\n\n");
    for (Key key : Key.values()) {
      String name = key.flag() + " " + key.form().placeholder();
      out.append(String.format("  %-44s %s", name, key.help()));
      out.append(key.fallback().isEmpty() ? "" : " [" + key.fallback() + "]").append('\n');
    }
    return out.toString();
  }

  private static Key key(String flag) {
    Optional<Key> key = flag.startsWith("--") ? Key.named(flag.substring(2)) : Optional.empty();
    return key.orElseThrow(
        () -> {
          List<String> flags =
              Stream.concat(
                      Arrays.stream(Key.values()).map(Key::flag),
                      Stream.of("--config", "--help", "--version"))
                  .toList();
          return new ConfigException(
              "unknown flag " + flag + "; did you mean " + Nearest.of(flag, flags) + "?");
        });
  }

  private static String value(String flag, Optional<String> given, Iterator<String> rest) {
    if (given.isPresent()) {
      return given.get();
    }
    if (!rest.hasNext()) {
      throw new ConfigException(flag + " wants a value");
    }
    return rest.next();
  }
}
