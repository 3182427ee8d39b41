package dev.gra.e2e.cluster;

import dev.gra.client.Endpoint;
import dev.gra.client.EndpointSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** The way to the grad that is deployed: a `kubectl port-forward`, begun anew where one ended. */
final class PortForward implements EndpointSource, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern PORT = Pattern.compile("Forwarding from 127.0.0.1:(\\d+)");

  private final Path caFile;
  private final Path tokenFile;
  private final Path log;
  private Process kubectl;

  PortForward(Path caFile, Path tokenFile, Path log) {
    this.caFile = caFile;
    this.tokenFile = tokenFile;
    this.log = log;
  }

  @Override
  public synchronized Endpoint endpoint() {
    int port = port();
    return new Endpoint("localhost", port, true, Optional.of(caFile), Optional.of(tokenFile));
  }

  /** A pod may be on its way; then kubectl ends, and is asked again. */
  private int port() {
    return Awaitility.await("a port-forward to grad")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              if (kubectl == null || !kubectl.isAlive()) {
                begin();
              }
              return said();
            },
            port -> port > 0);
  }

  private int said() throws IOException {
    Matcher matcher = PORT.matcher(Files.readString(log));
    return kubectl.isAlive() && matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  private void begin() {
    try {
      kubectl =
          new ProcessBuilder("kubectl", "-n", "gra", "port-forward", "service/grad", ":9090")
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next call goes by another one: kubectl may notice late that its pod is gone. */
  synchronized void renew() {
    close();
  }

  @Override
  public synchronized void close() {
    if (kubectl != null) {
      kubectl.destroy();
      try {
        if (!kubectl.waitFor(10, TimeUnit.SECONDS)) {
          kubectl.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
