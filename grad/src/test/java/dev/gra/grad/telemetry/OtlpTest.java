package dev.gra.grad.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.gra.v1.TraceContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class OtlpTest {
  private record Received(String path, String header, String body) {}

  @Test
  void spans_reach_a_collector_with_the_headers() throws Exception {
    List<Received> received = new CopyOnWriteArrayList<>();
    HttpServer collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/",
        exchange -> {
          received.add(
              new Received(
                  exchange.getRequestURI().getPath(),
                  exchange.getRequestHeaders().getFirst("x-key"),
                  new String(
                      exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1)));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    try (Tracing tracing =
        Otlp.tracing(
            "1", "http://127.0.0.1:" + collector.getAddress().getPort(), "x-key=a=b, y=z")) {
      tracing.rpc("gra.v1.ExecService/Exec", TraceContext.getDefaultInstance()).end("OK");

      await().atMost(Duration.ofSeconds(10)).until(() -> !received.isEmpty());
      assertThat(received.getFirst().path()).isEqualTo("/v1/traces");
      assertThat(received.getFirst().header()).isEqualTo("a=b");
      assertThat(received.getFirst().body()).contains("gra.v1.ExecService/Exec").contains("grad");
    } finally {
      collector.stop(0);
    }
  }

  @Test
  void nothing_waits_for_a_collector_that_is_not_there() {
    long begun = System.nanoTime();
    try (Tracing tracing = Otlp.tracing("1", "http://127.0.0.1:1", "")) {
      for (int i = 0; i < 10_000; i++) {
        tracing.rpc("gra.v1.ExecService/Exec", TraceContext.getDefaultInstance()).end("OK");
      }
    }

    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void a_path_of_ones_own_is_kept() {
    assertThat(Otlp.withPath("http://h:1/")).isEqualTo("http://h:1/v1/traces");
    assertThat(Otlp.withPath("http://h:1/own")).isEqualTo("http://h:1/own");
  }
}
