package dev.gra.grad;

import dev.gra.grad.config.CommandLine;
import dev.gra.grad.config.ConfigException;
import dev.gra.grad.config.Configuration;
import dev.gra.grad.config.Key;
import dev.gra.grad.config.Setting;
import dev.gra.grad.runner.RunnerException;
import dev.gra.grad.runner.RunnerFailure;
import dev.gra.grad.telemetry.LastingLogManager;
import dev.gra.grad.telemetry.Log;
import dev.gra.grad.telemetry.LogFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;

/** Where grad begins. Exits 0 when done, 1 if it can't run here, 2 if it was told wrong. */
public final class Main {
  private static final int CANT = 1;
  private static final int USAGE = 2;

  private Main() {}

  /** Runs grad until it is told to end, or has been idle for long enough. */
  public static void main(String... args) {
    // Before anything logs, and by its name: loading it would make the JDK's own the log manager.
    System.setProperty("java.util.logging.manager", LastingLogManager.class.getName());
    System.exit(run(args));
  }

  private static int run(String... args) {
    try {
      CommandLine commandLine = CommandLine.parse(args);
      if (commandLine.help()) {
        System.out.print(CommandLine.usage());
        return 0;
      }
      if (commandLine.version()) {
        System.out.println("grad " + Version.TEXT);
        return 0;
      }
      serve(Configuration.load(commandLine, System.getenv()));
      return 0;
    } catch (ConfigException e) {
      return complain(USAGE, e.getMessage(), Optional.of("grad --help"));
    } catch (RunnerException e) {
      Optional<String> fix =
          e.failure() instanceof RunnerFailure.Unsupported unsupported
              ? Optional.of(unsupported.fix())
              : Optional.empty();
      return complain(CANT, e.getMessage(), fix);
    } catch (IOException | UncheckedIOException e) {
      return complain(CANT, e.getMessage(), Optional.empty());
    } catch (InterruptedException e) {
      return complain(CANT, "interrupted", Optional.empty());
    }
  }

  private static void serve(Configuration config) throws IOException, InterruptedException {
    logging(config);
    Log log = Log.of(Main.class);
    for (Setting setting : config.all()) {
      log.info(
          "setting",
          "key",
          setting.key().key(),
          "value",
          setting.shown(),
          "from",
          setting.origin());
    }
    // The one way out, also when a signal ends the process, maybe while it starts.
    CompletableFuture<Program> started = new CompletableFuture<>();
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("grad-end").unstarted(() -> end(started)));
    Program program;
    try {
      program = Program.start(config, System.getenv());
      started.complete(program);
    } catch (IOException | RuntimeException e) {
      started.completeExceptionally(e);
      throw e;
    }
    awaitIdle(program, config.durationUnlessNever(Key.IDLE_TIMEOUT));
    log.info("idle for long enough");
  }

  private static void end(CompletableFuture<Program> started) {
    started
        .handle(
            (program, failure) -> {
              if (failure == null) {
                program.close();
              }
              return null;
            })
        .join();
  }

  private static void awaitIdle(Program program, Optional<Duration> timeout)
      throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    if (timeout.isEmpty()) {
      never.await();
      return;
    }
    long period = Math.clamp(timeout.get().toMillis() / 10, 10, 10_000);
    while (!program.idleFor(timeout.get())) {
      var _ = never.await(period, TimeUnit.MILLISECONDS);
    }
  }

  private static void logging(Configuration config) {
    LogFormat format =
        switch (config.text(Key.LOG_FORMAT)) {
          case "text" -> LogFormat.TEXT;
          case "json" -> LogFormat.JSON;
          default -> terminal() ? LogFormat.TEXT : LogFormat.JSON;
        };
    format.install(
        switch (config.text(Key.LOG_LEVEL)) {
          case "debug" -> Level.FINE;
          case "warn" -> Level.WARNING;
          case "error" -> Level.SEVERE;
          default -> Level.INFO;
        });
  }

  /** Whether standard error is a terminal, which no method of the JDK tells. */
  private static boolean terminal() {
    try {
      String stderr = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return stderr.startsWith("/dev/pts/") || stderr.startsWith("/dev/tty");
    } catch (IOException e) {
      return false;
    }
  }

  private static int complain(int code, String message, Optional<String> fix) {
    System.err.println(
        "grad: "
            + message
            + fix.map(line -> (message.endsWith("?") ? " Try: " : ". Try: ") + line).orElse(""));
    return code;
  }
}
