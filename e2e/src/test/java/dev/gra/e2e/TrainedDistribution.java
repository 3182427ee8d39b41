package dev.gra.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * What a first {@code gractl local start} leaves in a state directory: grad, unpacked, and its AOT
 * cache. Made once; each test's grad has the same files.
 */
final class TrainedDistribution {
  /** It is trained at the lowest priority. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Puts it into a state directory that is new. */
  static void into(Path home) {
    sh("cp -al \"$1\" \"$2/\" 2>/dev/null || cp -a \"$1\" \"$2/\"", Made.DIST, home);
  }

  private static void sh(String line, Path from, Path to) {
    try {
      Process process =
          new ProcessBuilder("sh", "-c", line, "sh", from.toString(), to.toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.onExit().join().exitValue()).as(said).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path make() {
    try (LocalGra gra = LocalGra.untrained()) {
      gra.start(LocalGra.isolation());
      Path dist = gra.home().resolve("dist");
      await().atMost(PATIENCE).until(() -> isTrained(dist));
      gra.stop();
      sh("mv \"$1\" \"$2/\"", dist, Build.work());
    }
    return Build.work().resolve("dist");
  }

  private static boolean isTrained(Path dist) throws IOException {
    try (Stream<Path> files = Files.walk(dist, 2)) {
      return files.anyMatch(file -> file.toString().endsWith(".aot"));
    }
  }

  private static final class Made {
    static final Path DIST = make();
  }

  private TrainedDistribution() {}
}
