package dev.gra.client.telemetry;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.gra.client.TraceParent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One span as OTLP's JSON. */
final class OtlpJson {
  private static final int KIND_CLIENT = 3;
  private static final int STATUS_ERROR = 2;

  /**
   * A span that has ended.
   *
   * @param name operation
   * @param context its ids
   * @param parentId span id, or empty
   * @param startNanos since the epoch
   * @param endNanos since the epoch
   * @param attributes strings, numbers and booleans
   * @param error reason, or null
   */
  record Span(
      String name,
      TraceParent context,
      String parentId,
      long startNanos,
      long endNanos,
      Map<String, Object> attributes,
      String error) {}

  static String traces(OtlpTarget target, Span span) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("traceId", span.context().traceId());
    json.put("spanId", span.context().spanId());
    if (!span.parentId().isEmpty()) {
      json.put("parentSpanId", span.parentId());
    }
    json.put("name", span.name());
    json.put("kind", KIND_CLIENT);
    json.put("startTimeUnixNano", Long.toString(span.startNanos()));
    json.put("endTimeUnixNano", Long.toString(span.endNanos()));
    Map<String, Object> attributes = new LinkedHashMap<>(span.attributes());
    if (span.error() != null) {
      attributes.put("error.type", span.error());
      json.put("status", Map.of("code", STATUS_ERROR, "message", span.error()));
    }
    json.put("attributes", attributes(attributes));
    Map<String, Object> scope = new LinkedHashMap<>();
    scope.put("scope", Map.of("name", "dev.gra.client"));
    scope.put("spans", List.of(json));
    Map<String, Object> resource = new LinkedHashMap<>();
    resource.put("resource", Map.of("attributes", attributes(target.resource())));
    resource.put("scopeSpans", List.of(scope));
    try {
      return JSON.std.asString(Map.of("resourceSpans", List.of(resource)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Map<String, Object>> attributes(Map<String, ?> attributes) {
    return attributes.entrySet().stream()
        .map(
            entry ->
                Map.<String, Object>of("key", entry.getKey(), "value", value(entry.getValue())))
        .toList();
  }

  private static Map<String, Object> value(Object value) {
    return switch (value) {
      case Boolean truth -> Map.of("boolValue", truth);
      case Integer number -> Map.of("intValue", Integer.toString(number));
      case Long number -> Map.of("intValue", Long.toString(number));
      default -> Map.of("stringValue", value.toString());
    };
  }

  private OtlpJson() {}
}
