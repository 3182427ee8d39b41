package dev.gra.grad.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Reads /proc. */
final class ProcessTable {
  private static final Path PROC = Path.of("/proc");

  /** Of include/linux/sched.h. */
  private static final long PF_KTHREAD = 0x00200000;

  /** An exec lasts far less, but on a machine that is very busy. */
  private static final long EXEC_PATIENCE_NANOS = 100_000_000;

  private static final long LOOK_AGAIN_NANOS = 50_000;

  /** Of /proc/PID/stat. */
  record Stat(char state, long parent, long flags, long startTicks, long envStart, long envEnd) {
    boolean dead() {
      return state == 'Z' || state == 'X';
    }

    /**
     * Whether it has no environment for good, rather than because it is in the middle of an exec.
     */
    private boolean bare() {
      return dead() || (flags & PF_KTHREAD) != 0 || (envStart != 0 && envStart == envEnd);
    }
  }

  private ProcessTable() {}

  static Optional<Stat> stat(long pid) {
    return read(pid, "stat").map(ProcessTable::parse);
  }

  private static Stat parse(String line) {
    // The second field is the command's name, which may itself hold blanks and parentheses.
    var fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
    return new Stat(
        fields[0].charAt(0),
        Long.parseLong(fields[1]),
        Long.parseLong(fields[6]),
        Long.parseLong(fields[19]),
        Long.parseUnsignedLong(fields[47]),
        Long.parseUnsignedLong(fields[48]));
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
    return ("\0" + environment(pid)).contains("\0" + variable + "\0");
  }

  /**
   * A process that is just executing a program has an empty environment for a moment: it must not
   * be taken for one without the mark.
   */
  private static String environment(long pid) {
    var deadline = System.nanoTime() + EXEC_PATIENCE_NANOS;
    while (true) {
      var environ = read(pid, "environ");
      if (environ.isPresent()
          || !Files.isReadable(PROC.resolve(Long.toString(pid)).resolve("environ"))
          || stat(pid).filter(stat -> !stat.bare()).isEmpty()
          || System.nanoTime() - deadline > 0) {
        return environ.orElse("");
      }
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
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
