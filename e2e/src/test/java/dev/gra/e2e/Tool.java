package dev.gra.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of this machine that calls this build's gractl by itself, such as ssh. */
public final class Tool {
  private static final long PATIENCE_SECONDS = 120;

  private final Gractl gractl;
  private final Path directory;

  /** Runs programs in a directory. */
  public Tool(Gractl gractl, Path directory) {
    this.gractl = gractl;
    this.directory = directory;
  }

  /** Runs one to its end. */
  public Outcome run(String... command) {
    return fed(Path.of("/dev/null"), command);
  }

  /** The same with this file as its stdin. */
  public Outcome fed(Path stdin, String... command) {
    try {
      Path out = Files.createTempFile(directory, "tool-", ".out");
      Path err = Files.createTempFile(directory, "tool-", ".err");
      ProcessBuilder builder = builder(command).redirectInput(stdin.toFile());
      long begin = System.nanoTime();
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(List.of(command) + " did not end: " + Files.readString(err));
      }
      return new Outcome(
          List.of(command),
          process.exitValue(),
          Files.readAllBytes(out),
          Files.readAllBytes(err),
          Duration.ofNanos(System.nanoTime() - begin));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Starts one, with pipes. */
  public Process start(String... command) {
    try {
      return builder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ProcessBuilder builder(String... command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    gractl.lend(builder.environment());
    return builder;
  }
}
