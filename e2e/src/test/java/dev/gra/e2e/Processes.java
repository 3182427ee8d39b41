package dev.gra.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds processes by what /proc tells of them. */
public final class Processes {
  private Processes() {}

  /**
   * Those that have this directory in their arguments, their environment or as their working
   * directory.
   */
  public static List<String> of(Path directory) {
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        String pid = process.getFileName().toString();
        if (!pid.equals(Long.toString(ProcessHandle.current().pid()))
            && mentions(process, directory.toString())) {
          found.add(pid + " " + text(process.resolve("cmdline")).replace('\0', ' '));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private static boolean mentions(Path process, String directory) {
    return text(process.resolve("cmdline")).contains(directory)
        || text(process.resolve("environ")).contains(directory)
        || workingDirectory(process).startsWith(directory);
  }

  private static String workingDirectory(Path process) {
    try {
      return Files.readSymbolicLink(process.resolve("cwd")).toString();
    } catch (IOException e) {
      return ""; // It ended meanwhile, or is another user's.
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, ISO_8859_1);
    } catch (IOException e) {
      return ""; // It ended meanwhile, or is another user's.
    }
  }
}
