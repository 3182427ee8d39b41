package dev.gra.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.nio.file.Path;
import java.util.Optional;

/** Puts the token, as it is in its file at that moment, and the trace context on each call. */
final class CallHeaders implements ClientInterceptor {
  static final CallOptions.Key<TraceParent> TRACE = CallOptions.Key.create("dev.gra.trace");

  private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
  private static final Metadata.Key<String> OWNER = key("gra-owner");
  private static final Metadata.Key<String> TRACEPARENT = key("traceparent");
  private static final Metadata.Key<String> TRACESTATE = key("tracestate");

  private final Optional<Path> tokenFile;
  private final TraceParent defaultTrace;
  private final Optional<String> owner;

  /**
   * @param owner for whom an admin calls
   */
  CallHeaders(Optional<Path> tokenFile, TraceParent defaultTrace, Optional<String> owner) {
    this.tokenFile = tokenFile;
    this.defaultTrace = defaultTrace;
    this.owner = owner;
  }

  @Override
  public <A, B> ClientCall<A, B> interceptCall(
      MethodDescriptor<A, B> method, CallOptions options, Channel next) {
    TraceParent ofCall = options.getOption(TRACE);
    TraceParent trace =
        ofCall != null ? ofCall : defaultTrace != null ? defaultTrace : TraceParent.random();
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<B> listener, Metadata headers) {
        tokenFile.ifPresent(file -> headers.put(AUTHORIZATION, "Bearer " + TokenFile.read(file)));
        owner.ifPresent(name -> headers.put(OWNER, name));
        headers.put(TRACEPARENT, trace.header());
        if (!trace.tracestate().isEmpty()) {
          headers.put(TRACESTATE, trace.tracestate());
        }
        super.start(listener, headers);
      }
    };
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
