package dev.gra.client.cli;

import dev.gra.client.GraException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs of this machine. */
final class Programs {
  private Programs() {}

  /** The first of that name on PATH. */
  static Optional<Path> find(Map<String, String> environment, String name) {
    return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .filter(directory -> directory.startsWith("/"))
        .map(directory -> Path.of(directory, name))
        .filter(file -> Files.isExecutable(file) && !Files.isDirectory(file))
        .findFirst();
  }

  /**
   * The same.
   *
   * @throws GraException if there is none, with the package that has it
   */
  static Path require(Map<String, String> environment, String name, String aptPackage) {
    return find(environment, name)
        .orElseThrow(
            () ->
                GraException.of(
                    name.toUpperCase(Locale.ROOT) + "_MISSING",
                    name + " is not on PATH",
                    "apt-get install " + aptPackage));
  }

  /**
   * How this very gractl is started: with the words before its own.
   *
   * @param mainClass of the script that runs now
   */
  static List<String> gractl(String mainClass) throws IOException {
    List<String> words = ProcessImage.commandLine();
    int main = words.indexOf(mainClass);
    if (main < 0) {
      throw new IOException("this process isn't " + mainClass);
    }
    List<String> program = words.subList(0, main + 1);
    program.set(0, Installer.java());
    return program;
  }
}
