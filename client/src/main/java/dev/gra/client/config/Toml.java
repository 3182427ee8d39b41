package dev.gra.client.config;

import dev.gra.client.GraException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of TOML that settings need: {@code key = "text"}, {@code 'text'}, numbers, booleans,
 * comments and {@code [tables]}, whose names are put before their keys with a dot.
 */
final class Toml {
  private static final Pattern TABLE = Pattern.compile("\\[([A-Za-z0-9_.-]+)](\\s*#.*)?");
  private static final Pattern ENTRY =
      Pattern.compile(
          "([A-Za-z0-9_.-]+)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|'([^']*)'|([A-Za-z0-9_.+-]+))(\\s*#.*)?");

  /**
   * Reads a file's text.
   *
   * @param name of the file, for errors
   */
  static Map<String, String> parse(String name, String text) {
    Map<String, String> values = new LinkedHashMap<>();
    String table = "";
    int number = 0;
    for (String line : text.split("\\R", -1)) {
      number++;
      String stripped = line.strip();
      if (stripped.isEmpty() || stripped.startsWith("#")) {
        continue;
      }
      Matcher heading = TABLE.matcher(stripped);
      if (heading.matches()) {
        table = heading.group(1) + ".";
        continue;
      }
      Matcher entry = ENTRY.matcher(stripped);
      if (!entry.matches() || values.put(table + entry.group(1), value(entry)) != null) {
        throw GraException.of(
            "BAD_SETTINGS",
            name + ", line " + number + ": not a setting: " + stripped,
            "lines such as runner = \"my-runner\", each key once");
      }
    }
    return values;
  }

  private static String value(Matcher entry) {
    if (entry.group(2) != null) {
      return unescape(entry.group(2));
    }
    return entry.group(3) != null ? entry.group(3) : entry.group(4);
  }

  private static String unescape(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
        out.append(
            switch (text.charAt(i)) {
              case 'n' -> '\n';
              case 't' -> '\t';
              default -> text.charAt(i);
            });
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** Sets one top-level key in a file's text and keeps the rest as it is. */
  static String set(String text, String key, String value) {
    String quoted = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    String line = key + " = \"" + quoted + "\"";
    Pattern present = Pattern.compile("(?m)^\\s*" + Pattern.quote(key) + "\\s*=.*$");
    Matcher matcher = present.matcher(text);
    if (matcher.find()) {
      return matcher.replaceFirst(Matcher.quoteReplacement(line));
    }
    int table = text.startsWith("[") ? 0 : text.indexOf("\n[") + 1;
    if (table > 0 || text.startsWith("[")) {
      return text.substring(0, table) + line + "\n" + text.substring(table);
    }
    return text + (text.isEmpty() || text.endsWith("\n") ? "" : "\n") + line + "\n";
  }

  /** Takes one top-level key out of a file's text and keeps the rest as it is. */
  static String unset(String text, String key) {
    return text.replaceFirst("(?m)^[ \\t]*" + Pattern.quote(key) + "[ \\t]*=.*(\\R|$)", "");
  }

  private Toml() {}
}
