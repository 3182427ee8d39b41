package dev.gra.client.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * A small file of a state directory, as {@link Properties}: gractl reads and writes one in each
 * run, and JSON would cost 20 ms of it.
 */
public final class StateFile {
  private final Properties content;

  private StateFile(Properties content) {
    this.content = content;
  }

  /**
   * Reads it.
   *
   * @throws IOException if it isn't there or is damaged
   */
  public static StateFile read(Path file) throws IOException {
    Properties content = new Properties();
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      content.load(reader);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
    return new StateFile(content);
  }

  /** Writes it at once, whole, readable by its owner only. */
  public static void write(Path file, Map<String, ?> content) throws IOException {
    // Properties would write the date above it, for which all time zones are loaded.
    StringBuilder text = new StringBuilder();
    content.forEach(
        (name, value) -> text.append(name).append('=').append(escaped(value)).append('\n'));
    GraHome.privateFile(file, text.toString());
  }

  private static String escaped(Object value) {
    String text = value.toString().replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    return text.isEmpty() || !Character.isWhitespace(text.charAt(0)) ? text : "\\" + text;
  }

  /**
   * The value of that name.
   *
   * @throws IOException if there is none
   */
  public String text(String name) throws IOException {
    return Optional.ofNullable(content.getProperty(name))
        .orElseThrow(() -> new IOException("it has no " + name));
  }

  /** The same as a number. */
  public long number(String name) throws IOException {
    try {
      return Long.parseLong(text(name));
    } catch (NumberFormatException e) {
      throw new IOException("its " + name + " is no number", e);
    }
  }
}
