package dev.gra.client.cli;

import dev.gra.client.Endpoint;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the AOT cache of a gractl that JBang runs. The script's options name a cache that is not
 * there at first, which costs 40 ms and says nothing; a run that finds it missing or of other jars
 * has it made in the background, for the runs after it. TLS is in it once it was used: its classes
 * cost every run 20 ms.
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
    // Where grad is now isn't asked for: that could fail, and the command has ended well.
    boolean byTls =
        StaleCache.fits(cache, true)
            || session.client().lastEndpoint().filter(Endpoint::tls).isPresent();
    if (due(cache, byTls)) {
      try {
        begin(cache, byTls, mainClass);
      } catch (IOException e) {
        if (debug) {
          session.messages().say("no AOT cache can be made: " + e.getMessage());
        }
      }
    }
  }

  private static boolean due(Path cache, boolean byTls) {
    return !(Files.exists(cache) && StaleCache.fits(cache, byTls))
        && System.currentTimeMillis() - marker(cache).toFile().lastModified() > GIVEN_UP.toMillis();
  }

  // One at a time: it takes seconds of a processor.
  private static Path marker(Path cache) {
    return cache.resolveSibling(cache.getFileName() + ".training");
  }

  private static void begin(Path cache, boolean byTls, String mainClass) throws IOException {
    List<Path> jars = StaleCache.jars();
    Files.createDirectories(cache.getParent());
    Files.deleteIfExists(marker(cache));
    try {
      Files.createFile(marker(cache));
    } catch (FileAlreadyExistsException e) {
      // Another gractl begins at this very moment.
      return;
    }
    Path scratch = Files.createTempDirectory("gra-training-");
    // The shell outlives us and tidies up. No cache is ever seen beside the name of another one's
    // jars: rather beside none, with which nobody takes it.
    String script =
        """
        cache=$1 scratch=$2 of=$3
        shift 3
        "$@" >/dev/null 2>&1 && rm -f "$cache.of" && mv -f "$cache.partial" "$cache" &&
          printf %s "$of" >"$cache.of.partial" && mv -f "$cache.of.partial" "$cache.of"
        rm -rf "$scratch" "$cache.training" "$cache.partial"
        """;
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      command.addAll(List.of("/usr/bin/setsid", "nice", "-n", "19"));
    }
    command.addAll(
        List.of("sh", "-c", script, "gra-training", cache.toString(), scratch.toString()));
    command.add(StaleCache.fingerprint(jars, byTls));
    command.addAll(Training.command(jars, mainClass, Path.of(cache + ".partial"), scratch, byTls));
    new ProcessBuilder(command)
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private SelfTraining() {}
}
