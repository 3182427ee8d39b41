package dev.gra.grad.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What of /proc a sandbox must not write or read, apart from its processes. The kernel lets root
 * write its settings by the global user id, whatever the user namespace and without any capability,
 * so these masks are what keeps them from a command where grad runs as root.
 */
final class ProcMasks {
  private static final Path PROC = Path.of("/proc");
  private static final Set<String> READ_ONLY =
      Set.of("acpi", "bus", "driver", "fs", "irq", "mtrr", "scsi", "sys", "sysrq-trigger", "tty");

  /** Readable by all, of no use to a command, and of some to an attacker. */
  private static final Set<String> TELLTALE =
      Set.of("kallsyms", "key-users", "keys", "sched_debug");

  private ProcMasks() {}

  /**
   * bwrap's arguments, to follow {@code --proc}.
   *
   * @param nothing an empty file to put in a file's place
   */
  static List<String> arguments(Path nothing) throws IOException {
    var arguments = new ArrayList<String>();
    for (var entry : ofTheKernel()) {
      if (READ_ONLY.contains(name(entry))) {
        arguments.addAll(List.of("--ro-bind", entry.toString(), entry.toString()));
      } else if (Files.isRegularFile(entry) && secret(entry)) {
        arguments.addAll(List.of("--ro-bind", nothing.toString(), entry.toString()));
      }
    }
    return arguments;
  }

  private static List<Path> ofTheKernel() throws IOException {
    try (Stream<Path> entries = Files.list(PROC)) {
      return entries
          .filter(entry -> !Character.isDigit(name(entry).charAt(0)))
          .filter(entry -> !Files.isSymbolicLink(entry))
          .sorted()
          .toList();
    }
  }

  private static boolean secret(Path file) throws IOException {
    return TELLTALE.contains(name(file))
        || !Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
  }

  private static String name(Path entry) {
    return entry.getFileName().toString();
  }
}
