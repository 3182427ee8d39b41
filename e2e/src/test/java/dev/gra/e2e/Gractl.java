package dev.gra.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The real script, run as a user runs it: {@code ./jbang scripts/gractl.java ...}, with the jars of
 * this build.
 *
 * <p>Immutable: {@link #with} and the like return another one.
 */
public final class Gractl {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration END_PATIENCE = Duration.ofSeconds(20);

  private final Path script;
  private final Path directory;
  private final Path stdin;
  private final Map<String, String> environment;

  private Gractl(Path script, Path directory, Path stdin, Map<String, String> environment) {
    this.script = script;
    this.directory = directory;
    this.stdin = stdin;
    this.environment = Map.copyOf(environment);
  }

  /** gractl with a state directory of its own; it is compiled by the first run of a build. */
  public static Gractl at(Path graHome) {
    Warm.up();
    return cold(Map.of("GRA_HOME", graHome.toString()));
  }

  private static Gractl cold(Map<String, String> environment) {
    return new Gractl(Build.script("gractl.java"), Build.work(), Path.of("/dev/null"), environment);
  }

  /** Another script of the same folder. */
  public Gractl script(String name) {
    return script(Build.script(name));
  }

  /** Another script. */
  public Gractl script(Path file) {
    return new Gractl(file, directory, stdin, environment);
  }

  public Gractl with(String variable, String value) {
    Map<String, String> more = new LinkedHashMap<>(environment);
    more.put(variable, value);
    return new Gractl(script, directory, stdin, more);
  }

  /** Runs in this directory. */
  public Gractl in(Path workingDirectory) {
    return new Gractl(script, workingDirectory, stdin, environment);
  }

  /** Reads its standard input from this file. */
  public Gractl stdin(Path file) {
    return new Gractl(script, directory, file, environment);
  }

  /**
   * Runs to the end. What it writes is kept in memory: for more than some megabytes use {@link
   * #start}.
   */
  public Outcome run(String... arguments) {
    Path stderr = temporary("stderr");
    Path stdout = temporary("stdout");
    try {
      ProcessBuilder builder = builder(arguments).redirectError(stderr.toFile());
      builder.redirectInput(stdin.toFile()).redirectOutput(stdout.toFile());
      long begin = System.nanoTime();
      Process process = builder.start();
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        end(process);
        throw new AssertionError(
            "%s did not end; stderr: %s".formatted(builder.command(), read(stderr)));
      }
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      return new Outcome(
          List.of(arguments),
          process.exitValue(),
          Files.readAllBytes(stdout),
          Files.readAllBytes(stderr),
          took);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      delete(stdout);
      delete(stderr);
    }
  }

  /**
   * Starts it with a pipe for standard input and output each; JBang gives way to it, so the pid is
   * its own.
   */
  public Running start(String... arguments) {
    try {
      Path stderr = temporary("stderr");
      return new Running(builder(arguments).redirectError(stderr.toFile()).start(), stderr);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ProcessBuilder builder(String... arguments) {
    // A shell's background job ignores SIGINT, and so would all that it starts.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.add(Build.root().resolve("jbang").toString());
    command.add(script.toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    lend(builder.environment());
    return builder;
  }

  /** Makes this the environment of a program that calls gractl, so that it finds this build's. */
  public void lend(Map<String, String> env) {
    env.keySet().removeIf(Gractl::leadsAstray);
    env.put("JAVA_HOME", System.getProperty("java.home"));
    env.put("JBANG_DIR", Build.work().resolve("jbang").toString());
    env.put("JBANG_REPO", Build.repository().toString());
    env.put("JBANG_FETCHED", "1");
    // The script's AOT cache is below it. JDK 25 takes the classes in one without a look at whether
    // the jars are still the same: another build's would be tested.
    env.put("JBANG_JAVA_OPTIONS", "-Duser.home=" + Build.work().resolve("user"));
    env.put("XDG_CONFIG_HOME", Build.work().resolve("config").toString());
    env.putAll(environment);
  }

  /** Variables of whoever runs the tests that would change what gractl does. */
  private static boolean leadsAstray(String name) {
    return name.startsWith("GRA_")
        || name.startsWith("GRAD_")
        || name.startsWith("OTEL_")
        || name.startsWith("JBANG_")
        || name.equals("TRACEPARENT")
        || name.equals("TRACESTATE")
        || name.equals("JAVA_TOOL_OPTIONS");
  }

  /** A gractl under way. Closing it kills it if need be. */
  public record Running(Process process, Path stderrFile) implements AutoCloseable {
    public long pid() {
      return process.pid();
    }

    public String err() {
      return read(stderrFile);
    }

    /** Waits for its end. Its output must be read meanwhile, or be short. */
    public int exitCode() {
      try {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          throw new AssertionError("gractl did not end; stderr: " + err());
        }
        return process.exitValue();
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }

    /** Sends it a signal, such as {@code INT}. */
    public void signal(String name) {
      try {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid())).inheritIO().start().waitFor();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }

    @Override
    public void close() {
      try {
        end(process);
      } catch (InterruptedException e) {
        throw interrupted(e);
      } finally {
        delete(stderrFile);
      }
    }
  }

  private static void end(Process process) throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(END_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("process " + process.pid() + " outlives SIGKILL");
    }
  }

  private static Path temporary(String name) {
    try {
      return Files.createTempFile("gractl-", "." + name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static AssertionError interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new AssertionError("interrupted", e);
  }

  /**
   * JBang compiles the script once and tells so on stderr, which tests want for gractl's own words.
   */
  private static final class Warm {
    private static final Outcome VERSION = first();

    private Warm() {}

    static void up() {
      VERSION.succeeded();
    }

    private static Outcome first() {
      try {
        Files.createDirectories(Build.work());
        return cold(Map.of("GRA_HOME", Build.work().resolve("warm").toString())).run("version");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
