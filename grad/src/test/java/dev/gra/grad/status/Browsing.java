package dev.gra.grad.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.gra.grad.fixture.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.Optional;

/** Asks for pages as a browser does. */
final class Browsing implements AutoCloseable {
  private final HttpClient client = HttpClient.newHttpClient();
  private final String address;

  Browsing(TestServer server) {
    this.address = "http://127.0.0.1:" + server.grad().httpPort();
  }

  HttpResponse<String> get(String path, String authorization)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + path));
    Optional.of(authorization)
        .filter(value -> !value.isEmpty())
        .ifPresent(value -> request.header("Authorization", value));
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** The page, as whoever has the token sees it. */
  String page(String token) throws IOException, InterruptedException {
    HttpResponse<String> page = get("/status", basic(token));
    if (page.statusCode() != 200) {
      throw new AssertionError(page.statusCode() + " " + page.body());
    }
    return page.body();
  }

  /** One of the page's sections. */
  String section(String token, String id) throws IOException, InterruptedException {
    String page = page(token);
    int begin = page.indexOf("<section id=\"" + id);
    return page.substring(begin, page.indexOf("</section>", begin));
  }

  static String basic(String token) {
    return "Basic " + Base64.getEncoder().encodeToString(("me:" + token).getBytes(UTF_8));
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
