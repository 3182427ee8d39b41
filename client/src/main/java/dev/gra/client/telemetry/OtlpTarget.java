package dev.gra.client.telemetry;

import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where the environment wants spans: OTLP over HTTP as JSON, which every collector takes on port
 * 4318.
 *
 * @param url of the traces
 * @param headers to send along
 * @param resource attributes of this program
 */
record OtlpTarget(URI url, Map<String, String> headers, Map<String, String> resource) {
  static Optional<OtlpTarget> of(Map<String, String> environment) {
    boolean off =
        "true".equalsIgnoreCase(environment.get("OTEL_SDK_DISABLED"))
            || "none".equals(environment.get("OTEL_TRACES_EXPORTER"));
    String traces = environment.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
    String base = environment.get("OTEL_EXPORTER_OTLP_ENDPOINT");
    if (off || (blank(traces) && blank(base))) {
      return Optional.empty();
    }
    String url = blank(traces) ? base.replaceAll("/+$", "") + "/v1/traces" : traces;
    Map<String, String> headers = pairs(environment.get("OTEL_EXPORTER_OTLP_HEADERS"));
    headers.putAll(pairs(environment.get("OTEL_EXPORTER_OTLP_TRACES_HEADERS")));
    Map<String, String> resource = new LinkedHashMap<>();
    resource.put("service.name", "gractl");
    resource.putAll(pairs(environment.get("OTEL_RESOURCE_ATTRIBUTES")));
    if (!blank(environment.get("OTEL_SERVICE_NAME"))) {
      resource.put("service.name", environment.get("OTEL_SERVICE_NAME"));
    }
    try {
      return Optional.of(new OtlpTarget(URI.create(url), headers, resource));
    } catch (IllegalArgumentException e) {
      // Telemetry that is set up wrongly must not keep a command from running.
      return Optional.empty();
    }
  }

  /** One attempt. Answers whether it went well; telemetry is never an error of the command's. */
  boolean post(String body, Duration deadline) {
    try {
      HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
      int millis = (int) deadline.toMillis();
      connection.setConnectTimeout(millis);
      connection.setReadTimeout(millis);
      connection.setRequestMethod("POST");
      connection.setDoOutput(true);
      connection.setRequestProperty("Content-Type", "application/json");
      headers.forEach(connection::setRequestProperty);
      try (OutputStream out = connection.getOutputStream()) {
        out.write(body.getBytes(StandardCharsets.UTF_8));
      }
      return connection.getResponseCode() / 100 == 2;
    } catch (IOException | IllegalArgumentException | ClassCastException e) {
      return false;
    }
  }

  private static Map<String, String> pairs(String list) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : list == null ? new String[0] : list.split(",", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        pairs.put(
            pair.substring(0, equals).strip(),
            URLDecoder.decode(pair.substring(equals + 1).strip(), StandardCharsets.UTF_8));
      }
    }
    return pairs;
  }

  private static boolean blank(String text) {
    return text == null || text.isBlank();
  }
}
