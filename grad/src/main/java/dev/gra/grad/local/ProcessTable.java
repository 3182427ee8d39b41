package dev.gra.grad.local;

import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
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

  /** What the kernel says of {@link Stat#startCode} to those who may not know it. */
  private static final long HIDDEN = 1;

  /** More than most environments: one read has them whole. */
  private static final int READ_BYTES = 16 * 1024;

  /** Of /proc/PID/stat. */
  record Stat(
      char state,
      long parent,
      long flags,
      long startTicks,
      long startCode,
      long envStart,
      long envEnd) {
    boolean dead() {
      return state == 'Z' || state == 'X';
    }

    /** Whether it has no environment that can be read, now or later. */
    private boolean closed() {
      return dead() || (flags & PF_KTHREAD) != 0 || startCode == HIDDEN;
    }

    /**
     * Whether this is all of its environment. In the middle of an exec it has no code yet: the
     * kernel sets that after the environment's bounds.
     */
    private boolean hasEnvironmentOf(int bytes) {
      return startCode != 0 && envEnd - envStart == bytes;
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
        Long.parseUnsignedLong(fields[23]),
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
   * A process that executes a program has for a moment no environment, and one read across that
   * moment is cut short: neither must be taken for an environment without the mark.
   */
  private static String environment(long pid) {
    var deadline = System.nanoTime() + EXEC_PATIENCE_NANOS;
    while (true) {
      var environment = read(pid, "environ").orElse("");
      var stat = stat(pid).filter(now -> !now.closed());
      if (stat.isEmpty()
          || stat.get().hasEnvironmentOf(environment.length())
          || System.nanoTime() - deadline > 0) {
        return environment;
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
    try (var in = new FileInputStream(PROC.resolve(Long.toString(pid)).resolve(file).toFile())) {
      var all = new ByteArrayOutputStream();
      var buffer = new byte[READ_BYTES];
      for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
        all.write(buffer, 0, count);
      }
      return all.size() == 0
          ? Optional.empty()
          : Optional.of(all.toString(StandardCharsets.ISO_8859_1));
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
