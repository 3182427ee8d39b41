package dev.gra.grad.api;

import dev.gra.grad.runner.Owner;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Lets a call in whose bearer token stands for somebody. */
final class AuthInterceptor implements ServerInterceptor {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final String SCHEME = "bearer ";

  private final Function<String, Optional<Owner>> owners;

  AuthInterceptor(Function<String, Optional<Owner>> owners) {
    this.owners = owners;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String service = call.getMethodDescriptor().getServiceName();
    if (service != null && CallContext.open(service)) {
      return next.startCall(call, headers);
    }
    Owner owner = owner(headers.get(AUTHORIZATION));
    Context context = Context.current().withValue(CallContext.OWNER, owner);
    return Contexts.interceptCall(context, call, headers, next);
  }

  private Owner owner(String authorization) {
    if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      throw UnauthenticatedException.noToken();
    }
    return owners
        .apply(authorization.substring(SCHEME.length()).strip())
        .orElseThrow(UnauthenticatedException::wrongToken);
  }
}
