package dev.gra.e2e.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A model that says what a test wrote for it, over the API that Gemini CLI calls, and remembers
 * what it was told.
 */
final class ScriptedModel implements AutoCloseable {
  /** What the model wants done. */
  record Call(String tool, Map<String, Object> arguments) {
    private Map<String, Object> part() {
      return Map.of("functionCall", Map.of("name", tool, "args", arguments));
    }
  }

  private final HttpServer server;
  private final Queue<Call> script;
  private final List<Map<String, Object>> heard = new CopyOnWriteArrayList<>();

  private ScriptedModel(HttpServer server, List<Call> script) {
    this.server = server;
    this.script = new ConcurrentLinkedQueue<>(script);
  }

  /** Calls these tools one by one, then says that it is done. */
  static ScriptedModel calling(Call... calls) {
    try {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      var model = new ScriptedModel(HttpServer.create(address, 0), List.of(calls));
      model.server.createContext("/", model::answer);
      model.server.start();
      return model;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A command for the CLI's shell. */
  static Call shell(String command) {
    return new Call("run_shell_command", Map.of("command", command));
  }

  /** A file for the CLI to write. */
  static Call write(String file, String content) {
    return new Call("write_file", Map.of("file_path", file, "content", content));
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** All that it was told before its first word, as JSON. */
  String context() {
    return json(heard.getFirst());
  }

  /** What became of the calls, in their order: what the tool gave back, as JSON. */
  List<String> results() {
    return heard.stream().skip(1).map(ScriptedModel::lastContent).toList();
  }

  private static String lastContent(Map<String, Object> request) {
    return json(((List<?>) request.get("contents")).getLast());
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      boolean turn = exchange.getRequestURI().getPath().endsWith(":streamGenerateContent");
      if (turn) {
        heard.add(JSON.std.mapFrom(body));
      }
      send(exchange, turn ? "data: " + json(said()) + "\r\n\r\n" : "{}");
    }
  }

  private static void send(HttpExchange exchange, String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    String type = text.startsWith("data:") ? "text/event-stream" : "application/json";
    exchange.getResponseHeaders().add("Content-Type", type);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private Map<String, Object> said() {
    Call next = script.poll();
    Map<String, Object> part = next == null ? Map.of("text", "That is all.") : next.part();
    Map<String, Object> content = Map.of("role", "model", "parts", List.of(part));
    return Map.of(
        "candidates", List.of(Map.of("content", content, "finishReason", "STOP", "index", 0)));
  }

  private static String json(Object value) {
    try {
      return JSON.std.asString(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
