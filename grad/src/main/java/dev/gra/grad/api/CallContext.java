package dev.gra.grad.api;

import dev.gra.grad.runner.Owner;
import dev.gra.grad.telemetry.Tracing;
import io.grpc.Context;

/** What the interceptors found out about a call, for its handler. */
final class CallContext {
  static final Context.Key<Caller> CALLER = Context.key("caller");
  static final Context.Key<Tracing.Rpc> RPC = Context.keyWithDefault("rpc", Tracing.Rpc.NONE);

  static final Context.Key<CallFacts> FACTS = Context.key("facts");

  private CallContext() {}

  /** Who calls; only within a call that {@link AuthInterceptor} let in. */
  static Caller caller() {
    Caller caller = CALLER.get();
    if (caller == null) {
      throw UnauthenticatedException.noToken();
    }
    return caller;
  }

  /** Whose runners the call is about. */
  static Owner owner() {
    return caller().owner();
  }

  /** Whether anybody may call the service. */
  static boolean open(String service) {
    return service.startsWith("grpc.health.") || service.startsWith("grpc.reflection.");
  }
}
