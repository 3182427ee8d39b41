package dev.gra.grad.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Installations of interpreters that PATH leads to and that lie outside of the system's own
 * directories, as pyenv, conda, nvm and virtual environments make them. Only an installation itself
 * is taken, never a home directory around it.
 */
record Interpreters(List<Path> prefixes) {
  static final Interpreters NONE = new Interpreters(List.of());

  private static final System.Logger LOG = System.getLogger(Interpreters.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /**
   * What an interpreter must run to tell its prefixes, a line each: what is on PATH may be a shim.
   */
  private static final Map<String, List<String>> QUESTIONS =
      Map.of(
          "python3", List.of("-c", "import sys; print(sys.prefix); print(sys.base_prefix)"),
          "python", List.of("-c", "import sys; print(sys.prefix); print(sys.base_prefix)"),
          "node", List.of("-p", "require('path').resolve(process.execPath, '..', '..')"),
          "ruby", List.of("-e", "puts RbConfig::CONFIG['prefix']"),
          "Rscript", List.of("-e", "cat(normalizePath(file.path(R.home(), '..', '..')))"),
          "perl", List.of("-MConfig", "-e", "print $Config{prefix}"),
          "java", List.of(),
          "go", List.of());

  Interpreters {
    prefixes = List.copyOf(prefixes);
  }

  /** Their programs, to be found first. */
  List<Path> binaries() {
    return prefixes.stream().map(prefix -> prefix.resolve("bin")).toList();
  }

  /**
   * Asks each interpreter on PATH. What PATH finds first comes first, and of one its own prefix
   * before that which it is based on, as a virtual environment is.
   *
   * @param secret directories, such as home and GRA_HOME, that no prefix may hold
   */
  static Interpreters find(Map<String, String> environment, List<Path> secret) {
    var path = environment.getOrDefault("PATH", "");
    List<Future<List<Path>>> answers;
    // Each takes a good part of a second where PATH leads to a shim.
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      answers =
          inOrder(path).stream()
              .map(program -> threads.submit(() -> prefixes(program, environment)))
              .toList();
    }
    return new Interpreters(
        answers.stream()
            .flatMap(answer -> answer.resultNow().stream())
            .distinct()
            .filter(prefix -> !HostRoot.shows(prefix) && harmless(prefix, secret))
            .toList());
  }

  /** The interpreters that PATH leads to and the sandbox doesn't show anyway. */
  private static List<Path> inOrder(String path) {
    var entries = directories(path).toList();
    return QUESTIONS.keySet().stream()
        .flatMap(name -> onPath(name, path).stream())
        .filter(program -> !HostRoot.shows(program))
        .sorted(
            Comparator.comparingInt((Path program) -> entries.indexOf(program.getParent()))
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  static Optional<Path> onPath(String name, String path) {
    return directories(path)
        .map(directory -> directory.resolve(name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  private static Stream<Path> directories(String path) {
    return Arrays.stream(path.split(":", -1)).filter(entry -> entry.startsWith("/")).map(Path::of);
  }

  private static List<Path> prefixes(Path program, Map<String, String> environment) {
    var question = QUESTIONS.get(program.getFileName().toString());
    try {
      if (question.isEmpty()) {
        return real(List.of(program.toRealPath().resolve("../..").normalize()));
      }
      return real(answer(program, question, environment).lines().map(Path::of).toList());
    } catch (IOException | InvalidPathException e) {
      LOG.log(System.Logger.Level.DEBUG, "no prefix of " + program, e);
      return List.of();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  private static List<Path> real(List<Path> paths) throws IOException {
    var real = new ArrayList<Path>();
    for (var path : paths) {
      real.add(path.toRealPath());
    }
    return real;
  }

  private static String answer(Path program, List<String> question, Map<String, String> environment)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(program.toString());
    command.addAll(question);
    var builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().clear();
    builder.environment().putAll(environment);
    var process = builder.start();
    if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
    }
    // Not to the end of the stream: what a shim leaves running may hold it open.
    try (var output = process.getInputStream()) {
      return new String(output.readNBytes(output.available()), StandardCharsets.UTF_8).strip();
    }
  }

  /** A prefix as ~/.local or ~/.cargo holds far more than an interpreter. */
  private static boolean harmless(Path prefix, List<Path> secret) {
    var hidden =
        secret.stream()
            .anyMatch(
                path ->
                    path.startsWith(prefix)
                        || (path.equals(prefix.getParent())
                            && prefix.getFileName().toString().startsWith(".")));
    var broad = prefix.getNameCount() < 2;
    var kernel = Stream.of("/proc", "/dev", "/sys").anyMatch(prefix::startsWith);
    return !hidden && !broad && !kernel && Files.isDirectory(prefix.resolve("bin"));
  }
}
