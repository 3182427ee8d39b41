package dev.gra.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes spans as an OpenTelemetry collector does, by OTLP over HTTP, and keeps what came. */
final class Collector implements AutoCloseable {
  /**
   * What one sender sent.
   *
   * @param json else protobuf
   */
  private record Batch(boolean json, String bytes) {
    /** Ids are bytes in protobuf, and hexadecimal in JSON. */
    boolean isOf(String traceId) {
      return bytes.contains(
          json
              ? traceId
              : new String(HexFormat.of().parseHex(traceId), StandardCharsets.ISO_8859_1));
    }
  }

  private final HttpServer server;
  private final List<Batch> batches = new CopyOnWriteArrayList<>();

  Collector() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  private void take(HttpExchange exchange) throws IOException {
    var type = exchange.getRequestHeaders().getFirst("Content-Type");
    byte[] body = exchange.getRequestBody().readAllBytes();
    batches.add(
        new Batch("application/json".equals(type), new String(body, StandardCharsets.ISO_8859_1)));
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** How often a span of that name came in this trace. */
  long spans(String traceId, String name) {
    return batches.stream()
        .filter(batch -> batch.isOf(traceId))
        .mapToLong(batch -> occurrences(batch, name))
        .sum();
  }

  private static int occurrences(Batch batch, String name) {
    // In protobuf a string follows its length.
    String sought = batch.json() ? "\"" + name + "\"" : (char) name.length() + name;
    return (batch.bytes().length() - batch.bytes().replace(sought, "").length()) / sought.length();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
