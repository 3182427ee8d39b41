package dev.gra.grad.api;

import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Subject;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Locale;

/**
 * Lets a call in whose bearer token stands for somebody. It is about the caller's own runners, or
 * about those of the owner that an admin names.
 */
final class AuthInterceptor implements ServerInterceptor {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> FOR_OWNER =
      Metadata.Key.of("gra-owner", Metadata.ASCII_STRING_MARSHALLER);
  private static final String SCHEME = "bearer ";

  private final Access access;

  AuthInterceptor(Access access) {
    this.access = access;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String service = call.getMethodDescriptor().getServiceName();
    if (service != null && CallContext.open(service)) {
      return next.startCall(call, headers);
    }
    CallFacts facts = CallContext.FACTS.get();
    Subject subject = subject(headers.get(AUTHORIZATION));
    facts.self(subject.owner());
    boolean admin = access.admin(subject);
    String wanted = headers.get(FOR_OWNER);
    Owner owner = wanted == null ? subject.owner() : new Owner(wanted);
    facts.owner(owner);
    Context context =
        Context.current().withValue(CallContext.CALLER, new Caller(subject.owner(), admin, owner));
    return Contexts.interceptCall(context, call, headers, next);
  }

  private Subject subject(String authorization) {
    if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      throw UnauthenticatedException.noToken();
    }
    return access
        .subjects()
        .apply(authorization.substring(SCHEME.length()).strip())
        .orElseThrow(UnauthenticatedException::wrongToken);
  }
}
