package dev.gra.grad.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A page that stands still, with its style, its script, and grad's headers. */
final class DemoServer implements AutoCloseable {
  private final HttpServer server;

  DemoServer(Overview overview) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] page = Page.of(overview, "0.1.0", Demo.TRACES).getBytes(UTF_8);
    serve("/status", "text/html; charset=utf-8", page);
    serve("/status/style.css", "text/css; charset=utf-8", resource("style.css"));
    serve("/status/live.js", "text/javascript; charset=utf-8", resource("live.js"));
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/status";
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void serve(String path, String type, byte[] body) {
    server.createContext(
        path,
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", type);
          exchange.getResponseHeaders().add("Content-Security-Policy", StatusPage.POLICY);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = StatusPage.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }
}
