package dev.gra.client.local;

import dev.gra.client.EndpointSource;
import dev.gra.client.GraClient;
import dev.gra.client.GraException;
import dev.gra.v1.Runner;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Starts, stops and shows the grad of a state directory. */
public final class LocalGrad {
  private static final long READY_SECONDS = 60;
  private static final long STOP_SECONDS = 30;
  private static final int LOG_LINES = 5;

  private final GraHome home;
  private final Map<String, String> environment;
  private final Consumer<String> say;

  /**
   * The grad of a directory.
   *
   * @param say is told what takes time
   */
  public LocalGrad(GraHome home, Map<String, String> environment, Consumer<String> say) {
    this.home = home;
    this.environment = environment;
    this.say = say;
  }

  /** The one that runs. */
  public Optional<GradFile> running() {
    return GradFile.running(home);
  }

  /** Starts it as asked, unless it runs already. */
  public GradFile start(LocalChoice choice) {
    return locked(
        () -> {
          running().ifPresent(grad -> requireSame(grad, choice));
          choice.write(home);
          return runningOrStarted(choice);
        });
  }

  // Whoever asks for isolation must not be served by a grad that has none.
  private static void requireSame(GradFile grad, LocalChoice choice) {
    boolean same =
        choice.isolation().equals(grad.isolation())
            || (choice.isolation().equals("auto") && !grad.isolation().equals("none"));
    if (!same) {
      throw GraException.of(
          "OTHER_ISOLATION",
          "grad runs already, with isolation " + grad.isolation(),
          "gractl local stop, then gractl local start");
    }
  }

  /** How it was last asked to be. */
  public Optional<LocalChoice> choice() {
    return LocalChoice.read(home);
  }

  /**
   * Starts it as it was once asked.
   *
   * @throws GraException if nobody ever asked for a local grad: with the two ways on
   */
  public GradFile startAgain() {
    LocalChoice choice =
        LocalChoice.read(home)
            .orElseThrow(
                () ->
                    GraException.of(
                        "NO_GRAD",
                        "there is no grad: none runs on this machine, and no cluster is set",
                        "gractl local start, or gractl config use-cluster"));
    return locked(() -> runningOrStarted(choice));
  }

  private GradFile runningOrStarted(LocalChoice choice) throws IOException {
    Optional<GradFile> running = running();
    if (running.isPresent()) {
      return running.get();
    }
    Distribution distribution = Distribution.unpacked(home, environment, say);
    GradProgram program = new GradProgram(distribution);
    Tokens.ensure(home);
    long logBegin = Files.exists(home.logFile()) ? Files.size(home.logFile()) : 0;
    say.accept("starting grad (isolation " + choice.isolation() + ")");
    Process process = program.start(home, choice, program.cached());
    GradFile ready = awaitReady(process, logBegin);
    if (!Files.exists(distribution.aotCache())) {
      AotTraining.inBackground(home, distribution);
    }
    return ready;
  }

  private GradFile awaitReady(Process process, long logBegin) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
    while (System.nanoTime() < end) {
      Optional<GradFile> file = GradFile.read(home).filter(found -> found.pid() == process.pid());
      if (file.isPresent() && healthy(file.get())) {
        return file.get();
      }
      if (exitedWithin(process, 20)) {
        throw GraException.of(
            "GRAD_FAILED",
            "grad could not start: " + lastLines(logBegin),
            "gractl doctor, and see " + home.logFile());
      }
    }
    process.destroy();
    throw GraException.of(
        "GRAD_SLOW",
        "grad did not get ready within " + READY_SECONDS + " s",
        "see " + home.logFile());
  }

  private static boolean exitedWithin(Process process, long millis) throws IOException {
    try {
      return process.waitFor(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private String lastLines(long logBegin) throws IOException {
    byte[] log = Files.readAllBytes(home.logFile());
    int begin = (int) Math.min(logBegin, log.length);
    List<String> lines =
        new String(log, begin, log.length - begin, java.nio.charset.StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.isBlank())
            .toList();
    return lines.isEmpty()
        ? "it said nothing"
        : String.join(" / ", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
  }

  /** Whether it answers that it is ready. */
  public static boolean healthy(GradFile grad) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://" + grad.httpAddress() + "/health/ready").toURL().openConnection();
      connection.setConnectTimeout(1000);
      connection.setReadTimeout(2000);
      return connection.getResponseCode() / 100 == 2;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Stops it; answers false if it didn't run.
   *
   * @param keepRunners whether its runners go on without it
   */
  public boolean stop(boolean keepRunners) {
    return locked(
        () -> {
          Optional<GradFile> running = running();
          if (running.isEmpty()) {
            return false;
          }
          if (!keepRunners) {
            endRunners(running.get());
          }
          end(running.get());
          return true;
        });
  }

  private void endRunners(GradFile grad) {
    try (GraClient client = GraClient.of(EndpointSource.fixed(grad.endpoint()))) {
      for (Runner runner : client.runners().list(Map.of())) {
        client.runners().delete(runner.getName(), runner.getUid());
      }
    } catch (GraException e) {
      say.accept("its runners may be left: " + e.getMessage());
    }
  }

  private void end(GradFile grad) throws IOException {
    Optional<ProcessHandle> process = ProcessHandle.of(grad.pid());
    if (process.isEmpty()) {
      return;
    }
    process.get().destroy();
    try {
      process.get().onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw GraException.of(
          "GRAD_STAYS",
          "grad (pid " + grad.pid() + ") has not ended within " + STOP_SECONDS + " s",
          "kill -9 " + grad.pid(),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
  }

  private interface Step<T> {
    T run() throws IOException;
  }

  // One gractl at a time: the others then find what the first one started.
  private <T> T locked(Step<T> step) {
    home.create();
    try (FileChannel channel =
            FileChannel.open(
                home.startLock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var lock = channel.lock()) {
      assert lock.isValid();
      return step.run();
    } catch (IOException e) {
      throw GraException.of(
          "GRA_HOME", "the state directory " + home.root() + ": " + e.getMessage(), "df -h", e);
    }
  }
}
