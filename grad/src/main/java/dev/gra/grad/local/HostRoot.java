package dev.gra.grad.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What of the machine's own file system a sandbox sees, read-only: programs, libraries, settings,
 * and no data.
 */
final class HostRoot {
  private static final List<Path> SYSTEM =
      List.of(
          Path.of("/usr"),
          Path.of("/bin"),
          Path.of("/sbin"),
          Path.of("/lib"),
          Path.of("/lib32"),
          Path.of("/lib64"),
          Path.of("/libx32"),
          Path.of("/etc"),
          Path.of("/nix/store"));

  private HostRoot() {}

  /** Whether the path, its links followed, is part of it. */
  static boolean shows(Path path) {
    try {
      var real = path.toRealPath();
      return SYSTEM.stream().anyMatch(real::startsWith);
    } catch (IOException _) {
      return false;
    }
  }

  /**
   * bwrap's arguments.
   *
   * @param hidden directories that stay unseen even if they lie below what is shown
   */
  static List<String> arguments(List<Path> hidden) {
    var arguments = new ArrayList<String>();
    for (var path : SYSTEM) {
      arguments.addAll(show(path));
    }
    hidden.stream()
        .filter(HostRoot::shows)
        .forEach(path -> arguments.addAll(List.of("--tmpfs", path.toString())));
    return arguments;
  }

  private static List<String> show(Path path) {
    if (Files.isSymbolicLink(path)) {
      try {
        return List.of("--symlink", Files.readSymbolicLink(path).toString(), path.toString());
      } catch (IOException _) {
        return List.of();
      }
    }
    return Files.isDirectory(path)
        ? List.of("--ro-bind", path.toString(), path.toString())
        : List.of();
  }
}
