package dev.gra.client.cli;

import com.google.protobuf.ByteString;
import dev.gra.client.GraException;
import dev.gra.protocol.Limits;
import dev.gra.v1.Script;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds out how to run a script: as told, or by its suffix, or by its #! line. Text without any of
 * them is Python.
 */
public final class Scripts {
  private static final Map<String, List<String>> BY_SUFFIX =
      Map.ofEntries(
          Map.entry("py", List.of("python3", "-u")),
          Map.entry("sh", List.of("sh")),
          Map.entry("bash", List.of("bash")),
          Map.entry("js", List.of("node")),
          Map.entry("mjs", List.of("node")),
          Map.entry("rb", List.of("ruby")),
          Map.entry("pl", List.of("perl")),
          Map.entry("r", List.of("Rscript")),
          Map.entry("awk", List.of("awk", "-f")),
          Map.entry("lua", List.of("lua")),
          Map.entry("java", List.of("java")));
  private static final List<String> PYTHON = BY_SUFFIX.get("py");
  private static final int MAX_NAME = 100;

  /** A file's text as a script. */
  public static Script fromFile(Path file, String interpreter) {
    byte[] content = read(file);
    String name = file.getFileName().toString();
    List<String> words =
        words(interpreter)
            .or(() -> bySuffix(name))
            .or(() -> byFirstLine(content))
            .orElseThrow(
                () ->
                    Usage.error(
                        "--file " + file + ": no interpreter is known for it",
                        "--interpreter python3, or a #! line"));
    return script(content, words, cleanName(name));
  }

  /** Text given on the command line as a script. */
  public static Script fromText(String text, String interpreter) {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    List<String> words = words(interpreter).or(() -> byFirstLine(content)).orElse(PYTHON);
    return script(content, words, "code");
  }

  private static Script script(byte[] content, List<String> interpreter, String name) {
    if (content.length > Limits.SCRIPT_BYTES) {
      throw Usage.error(
          "the script has " + content.length + " bytes, more than " + Limits.SCRIPT_BYTES,
          "gractl cp FILE :, then gractl exec -- python3 FILE");
    }
    return Script.newBuilder()
        .setContent(ByteString.copyFrom(content))
        .addAllInterpreter(interpreter)
        .setFileName(name)
        .build();
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw GraException.of(
          Usage.REASON,
          "--file " + file + " can't be read (" + e.getClass().getSimpleName() + ")",
          "ls -l " + file,
          e);
    }
  }

  private static Optional<List<String>> words(String interpreter) {
    return Optional.ofNullable(interpreter).map(line -> List.of(line.strip().split("\\s+")));
  }

  private static Optional<List<String>> bySuffix(String name) {
    int dot = name.lastIndexOf('.');
    return Optional.ofNullable(
        dot < 0 ? null : BY_SUFFIX.get(name.substring(dot + 1).toLowerCase(java.util.Locale.ROOT)));
  }

  /** {@code #!/usr/bin/env python3} is python3; {@code #!/bin/sh -e} is /bin/sh -e. */
  static Optional<List<String>> byFirstLine(byte[] content) {
    if (content.length < 3 || content[0] != '#' || content[1] != '!') {
      return Optional.empty();
    }
    String text = new String(content, 0, Math.min(content.length, 256), StandardCharsets.UTF_8);
    String line = text.substring(2).lines().findFirst().orElse("").strip();
    List<String> words = Arrays.asList(line.split("\\s+"));
    boolean env = words.getFirst().endsWith("/env") && words.size() > 1;
    int first = !env ? 0 : words.get(1).equals("-S") ? 2 : 1;
    return line.isEmpty() || first >= words.size()
        ? Optional.empty()
        : Optional.of(List.copyOf(words.subList(first, words.size())));
  }

  private static String cleanName(String name) {
    String clean = name.replaceAll("[^A-Za-z0-9._-]", "_").replaceFirst("^\\.+", "");
    int excess = Math.max(0, clean.length() - MAX_NAME);
    return clean.isEmpty() ? "script" : clean.substring(excess).replaceFirst("^\\.+", "");
  }

  private Scripts() {}
}
