package dev.gra.e2e;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Jaeger of its own, in memory: takes spans by OTLP, and shows traces as it shows them to people.
 */
final class Jaeger implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /**
   * A span, as Jaeger has it.
   *
   * @param parent its id; empty for a root
   * @param tags attributes, and what Jaeger makes of status and kind
   */
  record Span(
      String id,
      String parent,
      String service,
      String name,
      Map<String, String> tags,
      List<String> events) {}

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path log;
  private final int otlp;
  private final int query;
  private final Process process;

  Jaeger(Path log) {
    this.log = log;
    List<Integer> ports = freePorts(3);
    otlp = ports.get(0);
    query = ports.get(1);
    try {
      process = builder(ports.get(2)).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      await("Jaeger answers").atMost(PATIENCE).until(this::answers);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private ProcessBuilder builder(int admin) {
    List<String> command = new ArrayList<>();
    command.add(home().resolve("jaeger").toString());
    command.add("--collector.otlp.http.host-port=127.0.0.1:" + otlp);
    command.add("--query.http-server.host-port=127.0.0.1:" + query);
    command.add("--admin.http.host-port=127.0.0.1:" + admin);
    for (String unused :
        List.of(
            "collector.otlp.grpc",
            "collector.grpc-server",
            "collector.http-server",
            "query.grpc-server",
            "http-server")) {
      command.add("--" + unused + ".host-port=127.0.0.1:0");
    }
    for (String unused : List.of("jaeger-binary", "jaeger-compact", "zipkin-compact")) {
      command.add("--processor." + unused + ".server-host-port=127.0.0.1:0");
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("COLLECTOR_OTLP_ENABLED", "true");
    return builder.redirectOutput(log.toFile());
  }

  /** What e2e/jaeger/install made. */
  private static Path home() {
    String home = System.getenv("GRA_E2E_JAEGER");
    if (home == null) {
      throw new AssertionError(
          "GRA_E2E_JAEGER is not set. Try: GRA_E2E_JAEGER=$(e2e/jaeger/install) mvn ...");
    }
    return Path.of(home);
  }

  /** Python's OpenTelemetry, for a PYTHONPATH. */
  static Path python() {
    return home().resolve("python");
  }

  /** Held all at once, so that they differ. */
  private static List<Integer> freePorts(int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
      for (ServerSocket socket : sockets) {
        socket.close();
      }
      return ports;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean answers() throws IOException, InterruptedException {
    if (!process.isAlive()) {
      throw new AssertionError("Jaeger ended: " + Files.readString(log));
    }
    try {
      return status(URI.create(url() + "/api/services")) == 200;
    } catch (java.net.ConnectException e) {
      return false; // Not yet.
    }
  }

  /** Where people look at it. */
  String url() {
    return "http://127.0.0.1:" + query;
  }

  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  String otlp() {
    return "http://127.0.0.1:" + otlp;
  }

  int status(URI page) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  /** All spans of a trace, as they are there now. */
  List<Span> trace(String id) {
    try {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/api/traces/" + id)).build();
      String body = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
      List<Span> spans = new ArrayList<>();
      for (Map<?, ?> trace : maps(JSON.std.mapFrom(body).get("data"))) {
        Map<?, ?> processes = (Map<?, ?>) trace.get("processes");
        maps(trace.get("spans")).forEach(span -> spans.add(span(span, processes)));
      }
      return spans;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private static Span span(Map<?, ?> span, Map<?, ?> processes) {
    Map<String, String> tags = new HashMap<>();
    maps(span.get("tags")).forEach(tag -> tags.put(text(tag, "key"), text(tag, "value")));
    List<String> events = new ArrayList<>();
    for (Map<?, ?> entry : maps(span.get("logs"))) {
      maps(entry.get("fields")).forEach(field -> events.add(text(field, "value")));
    }
    List<Map<?, ?>> references = maps(span.get("references"));
    return new Span(
        text(span, "spanID"),
        references.isEmpty() ? "" : text(references.getFirst(), "spanID"),
        text((Map<?, ?>) processes.get(span.get("processID")), "serviceName"),
        text(span, "operationName"),
        tags,
        events);
  }

  private static String text(Map<?, ?> map, String key) {
    return String.valueOf(map.get(key));
  }

  /** An array of objects; none if there is nothing. */
  private static List<Map<?, ?>> maps(Object array) {
    List<Map<?, ?>> maps = new ArrayList<>();
    if (array instanceof List<?> list) {
      list.forEach(element -> maps.add((Map<?, ?>) element));
    }
    return maps;
  }

  @Override
  public void close() {
    http.close();
    // Asked politely it may take half a minute; it has nothing to lose.
    process.destroyForcibly();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("Jaeger outlives SIGKILL");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
