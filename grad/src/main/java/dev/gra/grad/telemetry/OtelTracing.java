package dev.gra.grad.telemetry;

import dev.gra.v1.Ended;
import dev.gra.v1.TraceContext;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Traces by OpenTelemetry. A process' span gets its id when it is started; the runner keeps it and
 * gives it back with the ending, so that whichever server hears of the end tells the same span.
 */
public final class OtelTracing implements Tracing {
  /** Member of the trace state that holds the id of the process span's parent. */
  private static final String PARENT = "gra";

  private static final Duration FLUSH = Duration.ofSeconds(1);
  private static final int REMEMBERED = 10_000;
  private static final AttributeKey<String> RPC_SYSTEM = AttributeKey.stringKey("rpc.system.name");
  private static final AttributeKey<String> RPC_METHOD = AttributeKey.stringKey("rpc.method");
  private static final AttributeKey<String> RPC_STATUS =
      AttributeKey.stringKey("rpc.response.status_code");
  private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
  private static final AttributeKey<String> SERVICE_NAME = AttributeKey.stringKey("service.name");
  private static final AttributeKey<String> SERVICE_VERSION =
      AttributeKey.stringKey("service.version");
  // What the semantic conventions call a server's own failures.
  private static final Set<String> SERVER_ERRORS =
      Set.of(
          "UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS");

  private final ChosenIds ids = new ChosenIds();
  private final SdkTracerProvider provider;
  private final Tracer tracer;
  private final Recent told = new Recent(REMEMBERED);

  /**
   * @param processor takes the spans; it must not block
   */
  public OtelTracing(String version, SpanProcessor processor) {
    this.provider =
        SdkTracerProvider.builder()
            .setIdGenerator(ids)
            .setResource(
                Resource.getDefault()
                    .merge(
                        Resource.create(
                            Attributes.of(SERVICE_NAME, "grad", SERVICE_VERSION, version))))
            .addSpanProcessor(processor)
            .build();
    this.tracer = provider.get("dev.gra.grad", version);
  }

  @Override
  public Rpc rpc(String method, TraceContext incoming) {
    Span span =
        tracer
            .spanBuilder(method)
            .setParent(parent(W3c.parse(incoming)))
            .setSpanKind(SpanKind.SERVER)
            .setAttribute(RPC_SYSTEM, "grpc")
            .setAttribute(RPC_METHOD, method)
            .startSpan();
    return new RpcSpan(span);
  }

  @Override
  public void process(String execId, String runner, String runnerUid, Ended ended) {
    Optional<SpanContext> own = W3c.parse(ended.getTraceContext());
    Optional<String> parent = own.map(context -> context.getTraceState().get(PARENT));
    // Without them somebody else chose the context, and tells the span if there is one.
    if (parent.isEmpty() || !ended.hasStartTime() || !told.add(runnerUid + "/" + execId)) {
      return;
    }
    SpanContext parentContext =
        SpanContext.createFromRemoteParent(
            own.get().getTraceId(),
            parent.get(),
            own.get().getTraceFlags(),
            own.get().getTraceState());
    Instant start = instant(ended);
    SpanBuilder builder =
        tracer
            .spanBuilder("exec")
            .setParent(parent(Optional.of(parentContext)))
            .setStartTimestamp(start);
    ProcessAttributes.of(execId, runner, runnerUid, ended).forEach((k, v) -> put(builder, k, v));
    Span span = ids.with(own.get().getSpanId(), builder::startSpan);
    ProcessAttributes.error(ended.getEnding())
        .ifPresent(
            error -> {
              span.setAttribute(ERROR_TYPE, error);
              span.setStatus(StatusCode.ERROR);
            });
    Duration took =
        Duration.ofSeconds(ended.getDuration().getSeconds(), ended.getDuration().getNanos());
    span.end(start.plus(took));
  }

  @Override
  public void close() {
    provider.shutdown().join(FLUSH.toMillis(), TimeUnit.MILLISECONDS);
  }

  @SuppressWarnings("unchecked")
  private static void put(SpanBuilder builder, AttributeKey<?> key, Object value) {
    builder.setAttribute((AttributeKey<Object>) key, value);
  }

  private static Instant instant(Ended ended) {
    return Instant.ofEpochSecond(
        ended.getStartTime().getSeconds(), ended.getStartTime().getNanos());
  }

  private static Context parent(Optional<SpanContext> context) {
    return context.map(c -> Context.root().with(Span.wrap(c))).orElse(Context.root());
  }

  private final class RpcSpan implements Rpc {
    private final Span span;

    RpcSpan(Span span) {
      this.span = span;
    }

    @Override
    public TraceContext context() {
      return W3c.format(span.getSpanContext());
    }

    @Override
    public TraceContext process() {
      SpanContext own = span.getSpanContext();
      return W3c.format(
          SpanContext.create(
              own.getTraceId(),
              ids.generateSpanId(),
              own.getTraceFlags(),
              own.getTraceState().toBuilder().put(PARENT, own.getSpanId()).build()));
    }

    @Override
    public void step(Step step) {
      Span part =
          tracer
              .spanBuilder(step.name())
              .setParent(Context.root().with(span))
              .setStartTimestamp(step.begun())
              .startSpan();
      step.moments().forEach(moment -> part.addEvent(moment.name(), moment.time()));
      part.end(step.over());
    }

    @Override
    public void end(String statusCode) {
      span.setAttribute(RPC_STATUS, statusCode);
      if (!statusCode.equals("OK")) {
        span.setAttribute(ERROR_TYPE, statusCode);
      }
      if (SERVER_ERRORS.contains(statusCode)) {
        span.setStatus(StatusCode.ERROR);
      }
      span.end();
    }
  }
}
