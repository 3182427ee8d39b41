package dev.gra.runnerd.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** How often the kernel killed a process of our own cgroup because its memory was used up. */
public final class OomKills {
  private static final Path CGROUP_OF_SELF = Path.of("/proc/self/cgroup");
  private static final Path MOUNT = Path.of("/sys/fs/cgroup");

  private final Optional<Path> file;

  /** Looks up our own memory cgroup, of version 2 or 1. */
  public OomKills() {
    this(CGROUP_OF_SELF, MOUNT);
  }

  OomKills(Path cgroupOfSelf, Path mount) {
    file =
        lines(cgroupOfSelf)
            .flatMap(line -> candidates(line, mount))
            .filter(Files::isReadable)
            .findFirst();
  }

  /** The count so far, or empty where the kernel doesn't tell it. */
  public OptionalLong count() {
    return file.stream()
        .flatMap(OomKills::lines)
        .map(line -> line.split(" ", -1))
        .filter(entry -> entry.length == 2 && entry[0].equals("oom_kill"))
        .mapToLong(entry -> Long.parseLong(entry[1]))
        .findFirst();
  }

  /** A line is ID:CONTROLLERS:PATH; version 2 is the one with ID 0 and no controllers. */
  private static Stream<Path> candidates(String line, Path mount) {
    List<String> fields = List.of(line.split(":", 3));
    if (fields.size() < 3) {
      return Stream.empty();
    }
    String path = fields.get(2);
    if (line.startsWith("0::")) {
      return inside(mount, path, "memory.events");
    }
    return List.of(fields.get(1).split(",", -1)).contains("memory")
        ? inside(mount.resolve("memory"), path, "memory.oom_control")
        : Stream.empty();
  }

  /**
   * In a container the path may be the host's, while what is mounted begins at the container's own
   * cgroup.
   */
  private static Stream<Path> inside(Path mount, String path, String name) {
    return Stream.of(mount.resolve("." + path).normalize().resolve(name), mount.resolve(name));
  }

  private static Stream<String> lines(Path path) {
    try {
      return Files.readAllLines(path).stream();
    } catch (IOException unreadable) {
      return Stream.empty();
    }
  }
}
