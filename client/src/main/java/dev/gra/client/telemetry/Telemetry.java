package dev.gra.client.telemetry;

import dev.gra.client.TraceParent;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The span of one run of gractl. Its context goes with every call; the span itself is sent only
 * where OTEL_* asks for it, in one attempt with a deadline: no collector may hold up a command.
 */
public final class Telemetry {
  /** All that sending may take. */
  private static final Duration DEADLINE = Duration.ofMillis(300);

  private final TraceParent span;
  private final Optional<TraceParent> parent;
  private final Optional<OtlpTarget> target;
  private final Map<String, Object> attributes = new LinkedHashMap<>();
  private final long startNanos = nowNanos();
  private String name = "gractl";
  private String error;

  private Telemetry(Optional<TraceParent> parent, Optional<OtlpTarget> target) {
    this.parent = parent;
    this.span = parent.map(TraceParent::child).orElseGet(TraceParent::random);
    this.target = target;
  }

  /** Continues TRACEPARENT, if it is there. */
  public static Telemetry of(Map<String, String> environment) {
    Optional<TraceParent> parent =
        TraceParent.parse(environment.get("TRACEPARENT"), environment.get("TRACESTATE"));
    return new Telemetry(parent, OtlpTarget.of(environment));
  }

  /** The context of this run. */
  public TraceParent span() {
    return span;
  }

  /** What the span is called. */
  public void name(String operation) {
    name = operation;
  }

  /** Something to know about it. */
  public void attribute(String key, Object value) {
    attributes.put(key, value);
  }

  /** It failed, for this reason. */
  public void error(String reason) {
    error = reason;
  }

  /** Sends the span, if that was asked for and doesn't take long. */
  public void end() {
    if (target.isEmpty() || !span.sampled()) {
      return;
    }
    String body =
        OtlpJson.traces(
            target.get(),
            new OtlpJson.Span(
                name,
                span,
                parent.map(TraceParent::spanId).orElse(""),
                startNanos,
                nowNanos(),
                attributes,
                error));
    Thread sender =
        Thread.ofPlatform()
            .daemon()
            .name("gra-otlp")
            .start(() -> target.get().post(body, DEADLINE));
    try {
      sender.join(DEADLINE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long nowNanos() {
    var now = java.time.Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }
}
