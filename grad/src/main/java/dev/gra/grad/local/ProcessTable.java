package dev.gra.grad.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads /proc. */
final class ProcessTable {
  private static final Path PROC = Path.of("/proc");

  /** Of /proc/PID/stat. */
  record Stat(char state, long parent, long startTicks) {
    boolean dead() {
      return state == 'Z' || state == 'X';
    }
  }

  private ProcessTable() {}

  static Optional<Stat> stat(long pid) {
    return read(pid, "stat").map(ProcessTable::parse);
  }

  private static Stat parse(String line) {
    // The second field is the command's name, which may itself hold blanks and parentheses.
    var fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
    return new Stat(fields[0].charAt(0), Long.parseLong(fields[1]), Long.parseLong(fields[19]));
  }

  /** Live processes whose environment at their start held {@code variable}, e.g. {@code A=b}. */
  static List<ProcessIdentity> marked(String variable) {
    return pids().stream()
        .filter(pid -> marked(pid, variable))
        .flatMap(pid -> ProcessIdentity.of(pid).stream())
        .toList();
  }

  static List<ProcessIdentity> children(long parent) {
    return pids().stream()
        .filter(pid -> stat(pid).filter(stat -> stat.parent() == parent).isPresent())
        .flatMap(pid -> ProcessIdentity.of(pid).stream())
        .toList();
  }

  private static boolean marked(long pid, String variable) {
    return read(pid, "environ")
        .filter(environ -> ("\0" + environ).contains("\0" + variable + "\0"))
        .isPresent();
  }

  private static List<Long> pids() {
    try (var entries = Files.list(PROC)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.chars().allMatch(c -> c >= '0' && c <= '9'))
          .map(Long::valueOf)
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Empty if it ended or is another user's. */
  private static Optional<String> read(long pid, String file) {
    try {
      var bytes = Files.readAllBytes(PROC.resolve(Long.toString(pid)).resolve(file));
      return bytes.length == 0
          ? Optional.empty()
          : Optional.of(new String(bytes, StandardCharsets.ISO_8859_1));
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
