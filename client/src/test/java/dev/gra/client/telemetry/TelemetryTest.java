package dev.gra.client.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class TelemetryTest {
  @Test
  void the_span_goes_to_the_collector_under_its_parent() throws IOException {
    List<String> bodies = new CopyOnWriteArrayList<>();
    HttpServer collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    try {
      String url = "http://127.0.0.1:" + collector.getAddress().getPort();
      Telemetry telemetry =
          Telemetry.of(
              Map.of(
                  "OTEL_EXPORTER_OTLP_ENDPOINT",
                  url,
                  "TRACEPARENT",
                  "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
      telemetry.name("gractl exec");
      telemetry.attribute("process.exit.code", 3);
      telemetry.error("TIMED_OUT");

      telemetry.end();

      assertThat(bodies).hasSize(1);
      assertThat(JSON.std.anyFrom(bodies.getFirst())).isInstanceOf(Map.class);
      assertThat(bodies.getFirst())
          .contains("\"traceId\":\"0af7651916cd43dd8448eb211c80319c\"")
          .contains("\"parentSpanId\":\"b7ad6b7169203331\"")
          .contains("\"spanId\":\"" + telemetry.span().spanId() + "\"")
          .contains("\"name\":\"gractl exec\"")
          .contains("\"intValue\":\"3\"")
          .contains("TIMED_OUT");
    } finally {
      collector.stop(0);
    }
  }

  @Test
  void a_collector_that_never_answers_holds_nothing_up() throws IOException {
    try (ServerSocket silent = new ServerSocket(0)) {
      Telemetry telemetry =
          Telemetry.of(
              Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + silent.getLocalPort()));
      long begin = System.nanoTime();

      telemetry.end();

      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(1500));
    }
  }

  @Test
  void nothing_is_sent_unless_asked_for() {
    assertThat(OtlpTarget.of(Map.of())).isEmpty();
    assertThat(
            OtlpTarget.of(
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://x", "OTEL_TRACES_EXPORTER", "none")))
        .isEmpty();
    OtlpTarget target =
        OtlpTarget.of(
                Map.of(
                    "OTEL_EXPORTER_OTLP_ENDPOINT",
                    "http://x:4318/",
                    "OTEL_RESOURCE_ATTRIBUTES",
                    "a=b%20c",
                    "OTEL_SERVICE_NAME",
                    "mine"))
            .orElseThrow();
    assertThat(target.url()).hasToString("http://x:4318/v1/traces");
    assertThat(target.resource()).containsEntry("a", "b c").containsEntry("service.name", "mine");
  }
}
