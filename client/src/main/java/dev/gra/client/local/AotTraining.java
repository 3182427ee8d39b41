package dev.gra.client.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Makes grad's AOT cache: a short run of it in a state directory of its own, which is recorded. */
final class AotTraining {
  private static final long READY_SECONDS = 60;
  private static final long RECORDING_SECONDS = 120;

  /** Begins it in another process, which outlives this one and takes the lowest priority. */
  static void inBackground(GraHome home, Distribution distribution) throws IOException {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      command.addAll(List.of("/usr/bin/setsid", "nice", "-n", "19"));
    }
    command.addAll(
        List.of(
            GradProgram.java().toString(),
            "-XX:+UseSerialGC",
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            TrainingProgram.class.getName(),
            distribution.root().toString()));
    new ProcessBuilder(command)
        .directory(home.root().toFile())
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Does it. Several at once do no harm: the last cache stays. */
  static void train(Distribution distribution) throws IOException, InterruptedException {
    Path scratch = Files.createTempDirectory("gra-training-");
    try {
      GraHome home = new GraHome(scratch.resolve("home")).create();
      Tokens.ensure(home);
      Path partial = scratch.resolve("grad.aot");
      LocalChoice choice = new LocalChoice("none", "5m", "host");
      Process grad =
          new GradProgram(distribution)
              .start(home, choice, List.of("-XX:AOTCacheOutput=" + partial));
      try {
        awaitReady(home, grad);
        TrainingProgram.exercise(home);
      } finally {
        grad.destroy();
        if (!grad.waitFor(RECORDING_SECONDS, TimeUnit.SECONDS)) {
          grad.destroyForcibly();
        }
      }
      if (Files.exists(partial)) {
        Path beside = distribution.root().resolve("training-" + ProcessHandle.current().pid());
        Files.copy(partial, beside, StandardCopyOption.REPLACE_EXISTING);
        Files.move(beside, distribution.aotCache(), StandardCopyOption.ATOMIC_MOVE);
      }
    } finally {
      Commands.deleteTree(scratch);
    }
  }

  private static void awaitReady(GraHome home, Process grad)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
    while (GradFile.read(home).isEmpty()) {
      if (grad.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
        throw new IOException("grad did not get ready");
      }
    }
  }

  private AotTraining() {}
}
