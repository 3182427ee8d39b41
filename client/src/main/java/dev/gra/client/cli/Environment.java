package dev.gra.client.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The command's variables, from --env and --env-file. Values never appear in messages. */
public final class Environment {
  /** Files first, in their order, then what was given by itself. */
  public static Map<String, String> collect(
      List<String> given, List<Path> files, Map<String, String> ours) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (Path file : files) {
      int number = 0;
      for (String line : lines(file)) {
        number++;
        if (!line.isBlank() && !line.stripLeading().startsWith("#")) {
          add(variables, line, "--env-file " + file + ", line " + number, ours);
        }
      }
    }
    given.forEach(entry -> add(variables, entry, "--env", ours));
    return variables;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw Usage.error(
          "--env-file " + file + " can't be read (" + e.getClass().getSimpleName() + ")",
          "ls -l " + file);
    }
  }

  // NAME alone hands our own on, as docker does.
  private static void add(
      Map<String, String> variables, String entry, String where, Map<String, String> ours) {
    int equals = entry.indexOf('=');
    String name = equals < 0 ? entry : entry.substring(0, equals);
    if (!name.matches("[^=\\s\\x00]+")) {
      throw Usage.error(where + ": not a variable's name", "NAME=VALUE");
    }
    if (equals >= 0) {
      variables.put(name, entry.substring(equals + 1));
    } else if (ours.containsKey(name)) {
      variables.put(name, ours.get(name));
    }
  }

  private Environment() {}
}
