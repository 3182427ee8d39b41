package dev.gra.client.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** grad as a process of its own, which outlives this one. */
final class GradProgram {
  /**
   * A heap for 200 streams at once, and the collector with the least memory of its own. The first
   * compiler only: the second one's threads hold up everything else on a small machine for
   * thousands of execs (p99 doubles) and take 50 MB, and bytes get a tenth faster. One carrier for
   * all virtual threads: they hand bytes on without waking another processor.
   */
  private static final List<String> JVM =
      List.of(
          "-XX:+UseSerialGC",
          "-Xms32m",
          "-Xmx112m",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:TieredStopAtLevel=1",
          "-Djdk.virtualThreadScheduler.parallelism=1",
          "-Xlog:disable",
          "-Xlog:all=off",
          "--sun-misc-unsafe-memory-access=allow",
          "--enable-native-access=ALL-UNNAMED");

  private final Distribution distribution;

  GradProgram(Distribution distribution) {
    this.distribution = distribution;
  }

  /** Starts it in a session of its own, so that no Ctrl-C and no closed terminal reaches it. */
  Process start(GraHome home, LocalChoice choice, List<String> aot) throws IOException {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      command.add("/usr/bin/setsid");
    }
    command.add(java().toString());
    command.addAll(JVM);
    command.addAll(aot);
    command.addAll(List.of("-jar", distribution.gradJar().toString()));
    command.addAll(arguments(home, choice));
    return new ProcessBuilder(command)
        .directory(home.root().toFile())
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(home.logFile().toFile()))
        .start();
  }

  /** The cache, if it is there: naming one that isn't is slower than none. */
  List<String> cached() {
    Path cache = distribution.aotCache();
    return Files.exists(cache) ? List.of("-XX:AOTCache=" + cache) : List.of();
  }

  private List<String> arguments(GraHome home, LocalChoice choice) {
    return List.of(
        "--runtime",
        "local",
        "--state-directory",
        home.root().toString(),
        "--runnerd",
        distribution.runnerd().toString(),
        "--isolation",
        choice.isolation(),
        "--idle-timeout",
        choice.idleTimeout(),
        "--network",
        choice.network());
  }

  static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }
}
