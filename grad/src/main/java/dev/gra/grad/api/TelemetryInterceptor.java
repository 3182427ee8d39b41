package dev.gra.grad.api;

import dev.gra.grad.audit.AuditLog;
import dev.gra.grad.audit.Refusal;
import dev.gra.grad.telemetry.Log;
import dev.gra.grad.telemetry.Metrics;
import dev.gra.grad.telemetry.Tracing;
import dev.gra.v1.TraceContext;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A span, a count and a line for each call. Outermost, so that it hears of each end, also of those
 * that the guard makes; and before the guard holds the call to be over.
 */
final class TelemetryInterceptor implements ServerInterceptor {
  private static final Metadata.Key<String> TRACEPARENT = key("traceparent");
  private static final Metadata.Key<String> TRACESTATE = key("tracestate");
  private static final Log LOG = Log.of(TelemetryInterceptor.class);

  private final Tracing tracing;
  private final Metrics metrics;
  private final AuditLog audit;

  TelemetryInterceptor(Tracing tracing, Metrics metrics, AuditLog audit) {
    this.tracing = tracing;
    this.metrics = metrics;
    this.audit = audit;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String method = call.getMethodDescriptor().getFullMethodName();
    String service = call.getMethodDescriptor().getServiceName();
    if (service == null || CallContext.open(service)) {
      return next.startCall(call, headers);
    }
    CallFacts facts = CallFacts.of(call);
    Ending ending = new Ending(method, facts, tracing.rpc(method, incoming(headers)));
    Context context =
        Context.current()
            .withValue(CallContext.RPC, ending.rpc)
            .withValue(CallContext.FACTS, facts);
    ServerCall<Q, A> told =
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            // A client may reset the stream as soon as it has the trailers: no cancellation then.
            ending.closing = Closing.of(status, trailers);
            try {
              super.close(status, trailers);
            } finally {
              ending.told();
            }
          }
        };
    return new SimpleForwardingServerCallListener<>(
        Contexts.interceptCall(context, told, headers, next)) {
      @Override
      public void onCancel() {
        try {
          super.onCancel();
        } finally {
          ending.told();
        }
      }
    };
  }

  private static TraceContext incoming(Metadata headers) {
    String parent = headers.get(TRACEPARENT);
    if (parent == null) {
      return TraceContext.getDefaultInstance();
    }
    String state = headers.get(TRACESTATE);
    return TraceContext.newBuilder()
        .setTraceparent(parent)
        .setTracestate(state == null ? "" : state)
        .build();
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /** What this server ended a call with. */
  private record Closing(String code, String reason) {
    static Closing of(Status status, Metadata trailers) {
      String reason = status.isOk() ? "" : Boundary.reason(status, trailers);
      return new Closing(status.getCode().name(), reason);
    }

    boolean refusal() {
      return !code.equals(Status.Code.OK.name());
    }
  }

  private final class Ending {
    private final String method;
    private final CallFacts facts;
    private final Tracing.Rpc rpc;
    private final String trace;
    private final long begun = System.nanoTime();
    private final AtomicBoolean told = new AtomicBoolean();
    // None if it is the client that is gone.
    private volatile Closing closing;

    Ending(String method, CallFacts facts, Tracing.Rpc rpc) {
      this.method = method;
      this.facts = facts;
      this.rpc = rpc;
      this.trace = Tracing.traceId(rpc.context());
    }

    void told() {
      if (told.compareAndSet(false, true)) {
        Closing how = closing;
        String code = how == null ? Status.Code.CANCELLED.name() : how.code();
        rpc.end(code);
        metrics.rpcEnded(method, code);
        if (how != null && how.refusal()) {
          refused(how);
        }
        long millis = (System.nanoTime() - begun) / 1_000_000;
        LOG.debug("call ended", "method", method, "code", code, "ms", millis, "trace", trace);
      }
    }

    private void refused(Closing how) {
      audit.refused(
          new Refusal(
              method,
              how.code(),
              how.reason(),
              facts.self(),
              facts.owner(),
              facts.client(),
              trace));
    }
  }
}
