package dev.gra.grad.telemetry;

import dev.gra.v1.Ended;
import dev.gra.v1.TraceContext;

/** Traces: one span a call, and one for each process, built from what its runner tells. */
public interface Tracing extends AutoCloseable {
  /** A call of this server, as a span. */
  interface Rpc {
    /** No span at all. */
    Rpc NONE =
        new Rpc() {
          @Override
          public TraceContext context() {
            return TraceContext.getDefaultInstance();
          }

          @Override
          public TraceContext process() {
            return TraceContext.getDefaultInstance();
          }

          @Override
          public void step(Step step) {}

          @Override
          public void end(String statusCode) {}
        };

    /** The span's context, for logs. */
    TraceContext context();

    /** A context for a process that this call starts: the one that its span will have. */
    TraceContext process();

    /** Tells of a part of the call that is over. */
    void step(Step step);

    /** The call has ended, with this gRPC status code's name. */
    void end(String statusCode);
  }

  /**
   * A call begins.
   *
   * @param method full name, as in {@code pkg.Service/Method}
   * @param incoming what the caller sent
   */
  Rpc rpc(String method, TraceContext incoming);

  /** A process has ended: its span is told now, under the context chosen when it began. */
  void process(String execId, String runner, String runnerUid, Ended ended);

  /** Gives what is still to be told a short while. */
  @Override
  void close();

  /** The trace id in a context, or empty. */
  static String traceId(TraceContext context) {
    String[] parts = context.getTraceparent().split("-", -1);
    return parts.length >= 4 ? parts[1] : "";
  }

  /**
   * Tells nobody, and passes on what came; a call that came without a trace gets one for its logs.
   */
  static Tracing none() {
    return new Tracing() {
      @Override
      public Rpc rpc(String method, TraceContext incoming) {
        TraceContext context = W3c.parse(incoming).isPresent() ? incoming : W3c.untold();
        return new Rpc() {
          @Override
          public TraceContext context() {
            return context;
          }

          @Override
          public TraceContext process() {
            return context;
          }

          @Override
          public void step(Step step) {}

          @Override
          public void end(String statusCode) {}
        };
      }

      @Override
      public void process(String execId, String runner, String runnerUid, Ended ended) {}

      @Override
      public void close() {}
    };
  }
}
