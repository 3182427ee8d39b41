package dev.gra.client.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the AOT cache of a gractl that JBang runs. The script's options name a cache that is not
 * there at first, which costs 40 ms and says nothing; a run that finds it missing or older than its
 * jars has it made in the background, for the runs after it.
 */
public final class SelfTraining {
  /** The system property by which the script says where its cache belongs. */
  public static final String PROPERTY = "gra.aot";

  private static final Duration GIVEN_UP = Duration.ofMinutes(2);

  /** Begins it if it is due. A failure costs speed only, so it is told to those who debug. */
  public static void ifDue(Session session, String mainClass, boolean debug) {
    String path = System.getProperty(PROPERTY);
    if (path == null) {
      return;
    }
    Path cache = Path.of(path);
    List<Path> jars = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      jars.add(Path.of(entry));
    }
    if (due(cache, jars)) {
      try {
        begin(cache, jars, mainClass);
      } catch (IOException e) {
        if (debug) {
          session.messages().say("no AOT cache can be made: " + e.getMessage());
        }
      }
    }
  }

  private static boolean due(Path cache, List<Path> jars) {
    long made = cache.toFile().lastModified();
    return jars.stream().anyMatch(jar -> jar.toFile().lastModified() >= made)
        && System.currentTimeMillis() - marker(cache).toFile().lastModified() > GIVEN_UP.toMillis();
  }

  // One at a time: it takes seconds of a processor.
  private static Path marker(Path cache) {
    return cache.resolveSibling(cache.getFileName() + ".training");
  }

  private static void begin(Path cache, List<Path> jars, String mainClass) throws IOException {
    Files.createDirectories(cache.getParent());
    Files.deleteIfExists(marker(cache));
    try {
      Files.createFile(marker(cache));
    } catch (FileAlreadyExistsException e) {
      // Another gractl begins at this very moment.
      return;
    }
    Path scratch = Files.createTempDirectory("gra-training-");
    // The shell outlives us and tidies up.
    String script =
        """
        cache=$1 scratch=$2
        shift 2
        "$@" >/dev/null 2>&1 && mv -f "$cache.partial" "$cache"
        rm -rf "$scratch" "$cache.training" "$cache.partial"
        """;
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      command.addAll(List.of("/usr/bin/setsid", "nice", "-n", "19"));
    }
    command.addAll(
        List.of("sh", "-c", script, "gra-training", cache.toString(), scratch.toString()));
    command.addAll(
        Installer.trainingCommand(jars, mainClass, Path.of(cache + ".partial"), scratch));
    new ProcessBuilder(command)
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private SelfTraining() {}
}
