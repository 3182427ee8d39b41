package dev.gra.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A real S3 server, versitygw, whose buckets are directories. It keeps its port when it returns.
 */
public final class S3Server implements AutoCloseable {
  public static final String KEY_ID = "e2e-key-id";
  public static final String KEY = "e2e-key-that-nobody-may-see";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path tools;
  private final Path directory;
  private final String host;
  private final int port;
  private Process server;

  private S3Server(Path tools, Path directory, String host, int port) {
    this.tools = tools;
    this.directory = directory;
    this.host = host;
    this.port = port;
  }

  /** One that listens on this address of the machine. */
  public static S3Server start(String host) {
    try {
      Path tools = Path.of(output(Build.root().resolve("e2e/s3/install").toString()));
      Path directory = Files.createTempDirectory("gra-s3-");
      Files.createDirectories(directory.resolve("buckets"));
      Files.createDirectories(directory.resolve("metadata"));
      S3Server server = new S3Server(tools, directory, host, freePort(host));
      server.begin();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort(String host) throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
      return socket.getLocalPort();
    }
  }

  /** The prefix of a Python that has what the runners' image has. */
  public Path python() {
    return tools.resolve("python");
  }

  public String endpoint() {
    return "http://" + host + ":" + port;
  }

  /** Makes up trips in the bucket "trips"; returns their number and what they cost. */
  public String makeTrips(int millions) {
    return output(
        python().resolve("bin/python3").toString(),
        Build.root().resolve("examples/s3/make.py").toString(),
        trips().toString(),
        Integer.toString(millions));
  }

  public Path trips() {
    return directory.resolve("buckets/trips/2024/trips.parquet");
  }

  /** Comes back after {@link #end}, if it isn't there. */
  public void begin() {
    if (server != null && server.isAlive()) {
      return;
    }
    ProcessBuilder builder =
        new ProcessBuilder(
            tools.resolve("versitygw").toString(),
            "--port",
            host + ":" + port,
            "posix",
            "--sidecar",
            directory.resolve("metadata").toString(),
            directory.resolve("buckets").toString());
    builder.environment().putAll(Map.of("ROOT_ACCESS_KEY", KEY_ID, "ROOT_SECRET_KEY", KEY));
    builder.redirectErrorStream(true).redirectOutput(directory.resolve("log").toFile());
    try {
      server = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    await().atMost(PATIENCE).until(this::listens);
  }

  private boolean listens() {
    try (Socket socket = new Socket(host, port)) {
      return socket.isConnected();
    } catch (IOException e) {
      assertThat(server.isAlive()).as("versitygw runs: see %s", directory.resolve("log")).isTrue();
      return false;
    }
  }

  /** Goes, as by a power cut. */
  public void end() {
    server.destroyForcibly();
    await().atMost(PATIENCE).until(() -> !server.isAlive());
  }

  @Override
  public void close() {
    end();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String output(String... command) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
      String output =
          new String(
              process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as("exit code of %s", List.of(command)).isZero();
      return output.strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
