package dev.gra.client.config;

import dev.gra.client.GraException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is set, and where: flags, then GRA_* variables, then .gractl.toml, then the user's file. */
public final class Settings {
  /** The workspace's file, looked for from the working directory upwards. */
  public static final String WORKSPACE_FILE = ".gractl.toml";

  /**
   * A value with its origin.
   *
   * @param value as it was given
   * @param source where: a flag, a variable, or a file
   */
  public record Setting(String value, String source) {}

  private final Map<Key, Setting> settings;
  private final Optional<Path> workspaceFile;
  private final Path userFile;

  private Settings(Map<Key, Setting> settings, Optional<Path> workspaceFile, Path userFile) {
    this.settings = settings;
    this.workspaceFile = workspaceFile;
    this.userFile = userFile;
  }

  /** Reads them all. */
  public static Settings load(
      Map<Key, String> flags, Map<String, String> environment, Path directory) {
    Map<Key, Setting> settings = new EnumMap<>(Key.class);
    Path userFile = userFile(environment);
    readFile(userFile, true, settings);
    Optional<Path> workspaceFile = nearest(directory, WORKSPACE_FILE);
    workspaceFile.ifPresent(file -> readFile(file, false, settings));
    for (Key key : Key.values()) {
      String value = environment.get(key.variable());
      if (value != null && !value.isBlank()) {
        settings.put(key, new Setting(value, key.variable()));
      }
    }
    flags.forEach(
        (key, value) -> settings.put(key, new Setting(value, "--" + key.text().replace('_', '-'))));
    return new Settings(settings, workspaceFile, userFile);
  }

  private static Path userFile(Map<String, String> environment) {
    String xdg = environment.get("XDG_CONFIG_HOME");
    String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
    Path base = xdg == null || xdg.isBlank() ? Path.of(home, ".config") : Path.of(xdg);
    return base.resolve("gra").resolve("config.toml");
  }

  private static void readFile(Path file, boolean users, Map<Key, Setting> settings) {
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      throw GraException.of("BAD_SETTINGS", file + " can't be read: " + e.getMessage(), null, e);
    }
    Toml.parse(file.toString(), text)
        .forEach(
            (name, value) -> {
              Key key = Key.of(name).orElseThrow(() -> unknown(file + ": ", name));
              if (!users && !key.workspaceMaySet()) {
                throw GraException.of(
                    "UNTRUSTED_SETTING",
                    file + " sets " + name + ", which only you may set, not a workspace",
                    "gractl config set " + name + " VALUE, and take the line out of " + file);
              }
              settings.put(key, new Setting(value, file.toString()));
            });
  }

  /** A key that isn't one. */
  public static GraException unknown(String where, String name) {
    String known = Arrays.stream(Key.values()).map(Key::text).collect(Collectors.joining(", "));
    return GraException.of(
        "UNKNOWN_SETTING", where + "no such setting: " + name, "one of " + known);
  }

  /** The nearest file of that name, in the directory or above. */
  static Optional<Path> nearest(Path directory, String name) {
    for (Path at = directory.toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve(name))) {
        return Optional.of(at.resolve(name));
      }
    }
    return Optional.empty();
  }

  /** The value, if there is one. */
  public Optional<String> value(Key key) {
    return setting(key).map(Setting::value);
  }

  /** The value with its origin, if there is one. */
  public Optional<Setting> setting(Key key) {
    return Optional.ofNullable(settings.get(key));
  }

  /** True if it is set to true. */
  public boolean isTrue(Key key) {
    return value(key).map(value -> value.equals("true") || value.equals("1")).orElse(false);
  }

  /** The workspace's file in force. */
  public Optional<Path> workspaceFile() {
    return workspaceFile;
  }

  /** The user's own file, whether it is there or not. */
  public Path userFile() {
    return userFile;
  }

  /** The runner that a workspace's file names, if it is there and does. */
  public static Optional<String> workspaceRunner(Path file) {
    Map<Key, Setting> settings = new EnumMap<>(Key.class);
    readFile(file, false, settings);
    return Optional.ofNullable(settings.get(Key.RUNNER)).map(Setting::value);
  }

  /**
   * A workspace file's text with the runner's name in it; the same if it has one.
   *
   * @param name of the file, for errors
   */
  public static String withRunner(String name, String text, String runner) {
    String key = Key.RUNNER.text();
    return Toml.parse(name, text).containsKey(key) ? text : Toml.set(text, key, runner);
  }

  /** Sets one key in a file, which is made if it isn't there. */
  public static void write(Path file, Key key, String value) throws IOException {
    write(file, Map.of(key, Optional.of(value)));
  }

  /** Sets keys, and takes those out that have no value, all at once. */
  public static void write(Path file, Map<Key, Optional<String>> values) throws IOException {
    String text = Files.exists(file) ? Files.readString(file) : "";
    for (var entry : values.entrySet()) {
      String name = entry.getKey().text();
      String before = text;
      text =
          entry
              .getValue()
              .map(value -> Toml.set(before, name, value))
              .orElseGet(() -> Toml.unset(before, name));
    }
    if (file.toAbsolutePath().getParent() != null) {
      Files.createDirectories(file.toAbsolutePath().getParent());
    }
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    Files.writeString(partial, text);
    Files.move(partial, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }
}
