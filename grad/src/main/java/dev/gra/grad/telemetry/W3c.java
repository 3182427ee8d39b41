package dev.gra.grad.telemetry;

import dev.gra.v1.TraceContext;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.IdGenerator;
import java.util.Optional;
import java.util.regex.Pattern;

/** W3C trace context, to and from OpenTelemetry's. */
final class W3c {
  private static final Pattern TRACEPARENT =
      Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");
  private static final int MAX_STATE = 512;

  private W3c() {}

  /** The caller's context, if it is well-formed. */
  static Optional<SpanContext> parse(TraceContext context) {
    var match = TRACEPARENT.matcher(context.getTraceparent());
    if (!match.matches() || context.getTraceparent().startsWith("ff")) {
      return Optional.empty();
    }
    if (!TraceId.isValid(match.group(1)) || !SpanId.isValid(match.group(2))) {
      return Optional.empty();
    }
    return Optional.of(
        SpanContext.createFromRemoteParent(
            match.group(1),
            match.group(2),
            TraceFlags.fromHex(match.group(3), 0),
            state(context.getTracestate())));
  }

  /** A new trace that nobody records. */
  static TraceContext untold() {
    IdGenerator ids = IdGenerator.random();
    return format(
        SpanContext.create(
            ids.generateTraceId(),
            ids.generateSpanId(),
            TraceFlags.getDefault(),
            TraceState.getDefault()));
  }

  static TraceContext format(SpanContext context) {
    if (!context.isValid()) {
      return TraceContext.getDefaultInstance();
    }
    return TraceContext.newBuilder()
        .setTraceparent(
            "00-"
                + context.getTraceId()
                + "-"
                + context.getSpanId()
                + "-"
                + context.getTraceFlags().asHex())
        .setTracestate(format(context.getTraceState()))
        .build();
  }

  private static TraceState state(String text) {
    var state = TraceState.builder();
    String[] members = text.length() > MAX_STATE ? new String[0] : text.split(",", -1);
    // The builder puts each new member first.
    for (int i = members.length - 1; i >= 0; i--) {
      int equals = members[i].indexOf('=');
      if (equals > 0) {
        state.put(
            members[i].substring(0, equals).strip(), members[i].substring(equals + 1).strip());
      }
    }
    return state.build();
  }

  private static String format(TraceState state) {
    StringBuilder out = new StringBuilder();
    state.forEach(
        (key, value) -> out.append(out.isEmpty() ? "" : ",").append(key).append('=').append(value));
    return out.toString();
  }
}
