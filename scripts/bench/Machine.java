package bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Processes and files, as Linux tells of them. */
public final class Machine {
  private static final long PATIENCE_SECONDS = 60;

  private Machine() {}

  /** Runs a command that must succeed; answers its standard output. Its stderr goes to ours. */
  public static String run(Map<String, String> environment, List<String> command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    Process process =
        builder
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + " exited with " + process.exitValue() + ": " + output);
    }
    return output;
  }

  /** How long a command takes to its end, in ms. */
  public static double time(Map<String, String> environment, List<String> command)
      throws Exception {
    long begin = System.nanoTime();
    run(environment, command);
    return since(begin);
  }

  /** Starts a command whose output goes to a file. */
  public static Process start(Map<String, String> environment, List<String> command, Path log)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    return builder
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  /** Ends a process that we started. */
  public static void end(Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  /** Waits until a process is as far as it should be, looking each half millisecond. */
  public static void await(Process process, BooleanSupplier condition) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IOException("process " + process.pid() + " did not get ready");
      }
      LockSupport.parkNanos(500_000);
    }
  }

  public static double since(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1e6;
  }

  public static List<String> commandLine(long pid) throws IOException {
    return List.of(Files.readString(proc(pid, "cmdline"), ISO_8859_1).split("\0"));
  }

  /** A figure of /proc/PID/status, such as VmRSS or VmHWM, in MB. */
  public static double megabytes(long pid, String field) throws IOException {
    for (String line : Files.readAllLines(proc(pid, "status"))) {
      if (line.startsWith(field + ":")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024 / 1e6;
      }
    }
    throw new IOException("no " + field + " of process " + pid);
  }

  /** Lets VmHWM begin anew from what is resident now. */
  public static void resetPeak(long pid) throws IOException {
    Files.writeString(proc(pid, "clear_refs"), "5");
  }

  public static int threads(long pid) throws IOException {
    return count(proc(pid, "task"));
  }

  public static int descriptors(long pid) throws IOException {
    return count(proc(pid, "fd"));
  }

  /** The processes that have this text in their arguments, but for this one. */
  public static List<Long> mentioning(String text) throws IOException {
    List<Long> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        long pid = Long.parseLong(process.getFileName().toString());
        if (pid != ProcessHandle.current().pid() && says(pid, text)) {
          found.add(pid);
        }
      }
    }
    return found;
  }

  private static boolean says(long pid, String text) {
    try {
      return Files.readString(proc(pid, "cmdline"), ISO_8859_1).contains(text);
    } catch (IOException e) {
      return false; // It ended meanwhile.
    }
  }

  private static int count(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return (int) entries.count();
    }
  }

  private static Path proc(long pid, String name) {
    return Path.of("/proc", Long.toString(pid), name);
  }

  /** The files below a directory. */
  public static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory, new FileVisitOption[0])) {
      return paths.filter(path -> !Files.isDirectory(path)).toList();
    }
  }

  public static void delete(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
