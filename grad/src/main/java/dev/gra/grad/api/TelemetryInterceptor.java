package dev.gra.grad.api;

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

/** A span, a count and a line for each call. */
final class TelemetryInterceptor implements ServerInterceptor {
  private static final Metadata.Key<String> TRACEPARENT = key("traceparent");
  private static final Metadata.Key<String> TRACESTATE = key("tracestate");
  private static final Log LOG = Log.of(TelemetryInterceptor.class);

  private final Tracing tracing;
  private final Metrics metrics;

  TelemetryInterceptor(Tracing tracing, Metrics metrics) {
    this.tracing = tracing;
    this.metrics = metrics;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String method = call.getMethodDescriptor().getFullMethodName();
    String service = call.getMethodDescriptor().getServiceName();
    if (service == null || CallContext.open(service)) {
      return next.startCall(call, headers);
    }
    Ending ending = new Ending(method, tracing.rpc(method, incoming(headers)));
    Context context = Context.current().withValue(CallContext.RPC, ending.rpc);
    ServerCall<Q, A> told =
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            // A client may reset the stream as soon as it has the trailers: no cancellation then.
            ending.closedBy = status.getCode().name();
            try {
              super.close(status, trailers);
            } finally {
              ending.told(status.getCode().name());
            }
          }
        };
    try {
      return new SimpleForwardingServerCallListener<>(
          Contexts.interceptCall(context, told, headers, next)) {
        @Override
        public void onCancel() {
          try {
            super.onCancel();
          } finally {
            String closedBy = ending.closedBy;
            ending.told(closedBy == null ? Status.Code.CANCELLED.name() : closedBy);
          }
        }
      };
    } catch (RuntimeException e) {
      ending.told(Boundary.status(e).getStatus().getCode().name());
      throw e;
    }
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

  private final class Ending {
    private final String method;
    private final Tracing.Rpc rpc;
    private final long begun = System.nanoTime();
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile String closedBy;

    Ending(String method, Tracing.Rpc rpc) {
      this.method = method;
      this.rpc = rpc;
    }

    void told(String code) {
      if (told.compareAndSet(false, true)) {
        rpc.end(code);
        metrics.rpcEnded(method, code);
        LOG.debug(
            "call ended",
            "method",
            method,
            "code",
            code,
            "ms",
            (System.nanoTime() - begun) / 1_000_000,
            "trace",
            Tracing.traceId(rpc.context()));
      }
    }
  }
}
