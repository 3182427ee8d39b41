package dev.gra.grad.telemetry;

import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;

/** Traces sent by OTLP over HTTP, in the background; what can't be sent in time is dropped. */
public final class Otlp {
  private static final String PATH = "/v1/traces";
  private static final Duration DELAY = Duration.ofSeconds(1);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int QUEUE = 2048;

  private Otlp() {}

  /**
   * Traces to a collector. Nothing waits for one that isn't there.
   *
   * @param endpoint with or without the signal's path
   * @param headers as {@code name=value,name=value}
   */
  public static Tracing tracing(String version, String endpoint, String headers) {
    OtlpHttpSpanExporterBuilder exporter =
        OtlpHttpSpanExporter.builder().setEndpoint(withPath(endpoint)).setTimeout(TIMEOUT);
    Arrays.stream(headers.split(",", -1))
        .map(header -> header.split("=", 2))
        .filter(pair -> pair.length == 2)
        .forEach(pair -> exporter.addHeader(pair[0].strip(), pair[1].strip()));
    BatchSpanProcessor processor =
        BatchSpanProcessor.builder(exporter.build())
            .setMaxQueueSize(QUEUE)
            .setScheduleDelay(DELAY)
            .setExporterTimeout(TIMEOUT)
            .build();
    return new OtelTracing(version, processor);
  }

  static String withPath(String endpoint) {
    String path = URI.create(endpoint).getPath();
    boolean bare = path == null || path.isEmpty() || path.equals("/");
    return bare ? endpoint.replaceAll("/$", "") + PATH : endpoint;
  }
}
