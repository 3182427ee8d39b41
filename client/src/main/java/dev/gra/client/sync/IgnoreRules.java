package dev.gra.client.sync;

import java.util.ArrayList;
import java.util.List;

/**
 * Rules in .gitignore's syntax, as filters of rsync's. Of git's rules the last that fits decides,
 * of rsync's the first: so they are turned round. Neither looks into a directory that is left out.
 */
public final class IgnoreRules {
  /** The filters, first to last. */
  public static List<String> filters(String text) {
    List<String> filters = new ArrayList<>();
    String unmarked = text.startsWith("\ufeff") ? text.substring(1) : text;
    for (String line : unmarked.split("\\r?\\n", -1)) {
      filters.addAll(0, ofLine(trimmed(line)));
    }
    return filters;
  }

  private static List<String> ofLine(String line) {
    if (line.isEmpty() || line.startsWith("#")) {
      return List.of();
    }
    boolean taken = line.startsWith("!");
    String pattern = taken ? line.substring(1) : line;
    return IgnorePattern.translate(pattern).stream()
        .map(filter -> (taken ? "+ " : "- ") + filter)
        .toList();
  }

  // Spaces at the end go, unless they are escaped.
  private static String trimmed(String line) {
    int end = 0;
    for (int i = 0; i < line.length(); i++) {
      if (line.charAt(i) == '\\') {
        i++;
        end = i + 1;
      } else if (line.charAt(i) != ' ') {
        end = i + 1;
      }
    }
    return line.substring(0, Math.min(end, line.length()));
  }

  private IgnoreRules() {}
}
