package dev.gra.grad.api;

import dev.gra.grad.runner.Owner;
import dev.gra.grad.telemetry.Tracing;
import io.grpc.Context;

/** What the interceptors found out about a call, for its handler. */
final class CallContext {
  static final Context.Key<Owner> OWNER = Context.key("owner");
  static final Context.Key<Boolean> ADMIN = Context.keyWithDefault("admin", false);
  static final Context.Key<Tracing.Rpc> RPC = Context.keyWithDefault("rpc", Tracing.Rpc.NONE);

  private CallContext() {}

  /** Throws if the caller isn't in the admin group. */
  static void requireAdmin() {
    if (!ADMIN.get()) {
      throw new NotAdminException();
    }
  }

  /** Whose runners the call is about; only within a call that {@link AuthInterceptor} let in. */
  static Owner owner() {
    Owner owner = OWNER.get();
    if (owner == null) {
      throw UnauthenticatedException.noToken();
    }
    return owner;
  }

  /** Whether anybody may call the service. */
  static boolean open(String service) {
    return service.startsWith("grpc.health.") || service.startsWith("grpc.reflection.");
  }
}
