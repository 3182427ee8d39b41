package dev.gra.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A grad of its own, in a state directory of its own. Closing it stops it and proves that it left
 * nothing: no process, no socket.
 */
public final class LocalGra implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Path home;
  private final Gractl gractl;

  private LocalGra(Path home) {
    this.home = home;
    this.gractl = Gractl.at(home);
  }

  /** A state directory without a grad. */
  public static LocalGra stopped() {
    LocalGra gra = untrained();
    TrainedDistribution.into(gra.home());
    return gra;
  }

  /** The same as a newcomer has it. Its path is short, as those of unix sockets must be. */
  static LocalGra untrained() {
    try {
      return new LocalGra(Files.createTempDirectory(Path.of("/tmp"), "gra-e2e-"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A grad with the isolation that works here. */
  public static LocalGra started() {
    return started(isolation());
  }

  /** A grad with this isolation and more flags of {@code gractl local start}. */
  public static LocalGra started(String isolation, String... flags) {
    LocalGra gra = stopped();
    try {
      gra.start(isolation, flags);
      return gra;
    } catch (RuntimeException | AssertionError e) {
      try {
        gra.close();
      } catch (RuntimeException | AssertionError another) {
        e.addSuppressed(another);
      }
      throw e;
    }
  }

  /** "bubblewrap" where it works, else "none": what these tests run is theirs. */
  public static String isolation() {
    return Bubblewrap.WORKS ? "bubblewrap" : "none";
  }

  /** Starts grad, and returns what {@code local start -o json} says. */
  public Map<String, Object> start(String isolation, String... flags) {
    List<String> command =
        new ArrayList<>(List.of("local", "start", "-o", "json", "--isolation", isolation));
    command.addAll(List.of(flags));
    return gractl.run(command.toArray(String[]::new)).succeeded().json();
  }

  public Path home() {
    return home;
  }

  public Gractl gractl() {
    return gractl;
  }

  /** Runs gractl to its end. */
  public Outcome run(String... arguments) {
    return gractl.run(arguments);
  }

  /** What {@code local status -o json} says. */
  public Map<String, Object> status() {
    return gractl.run("local", "status", "-o", "json").json();
  }

  /** grad's process. */
  public long pid() {
    return ((Number) status().get("pid")).longValue();
  }

  /** Stops grad and its runners. */
  public void stop() {
    gractl.run("local", "stop").succeeded();
  }

  @Override
  public void close() {
    try {
      stop();
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(Processes.of(home)).as("processes left").isEmpty());
      assertThat(sockets()).as("sockets left").isEmpty();
    } finally {
      delete();
    }
  }

  /** The unix sockets below the state directory. */
  public List<Path> sockets() {
    return walk(path -> (unixMode(path) & 0170000) == 0140000);
  }

  /** The files below the state directory, as paths relative to it. */
  public List<Path> files() {
    return walk(path -> true).stream().map(home::relativize).toList();
  }

  private List<Path> walk(java.util.function.Predicate<Path> wanted) {
    try (Stream<Path> paths = Files.walk(home)) {
      return paths.filter(wanted).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int unixMode(Path path) {
    try {
      return (int) Files.getAttribute(path, "unix:mode", java.nio.file.LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      return 0; // It went away meanwhile.
    }
  }

  private void delete() {
    try (Stream<Path> paths = Files.walk(home)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Bubblewrap {
    static final boolean WORKS = works();

    private Bubblewrap() {}

    private static boolean works() {
      try {
        return new ProcessBuilder(
                    "bwrap",
                    "--unshare-all",
                    "--share-net",
                    "--ro-bind",
                    "/",
                    "/",
                    "--proc",
                    "/proc",
                    "true")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor()
            == 0;
      } catch (IOException e) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }
  }
}
