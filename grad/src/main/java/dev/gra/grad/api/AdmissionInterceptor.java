package dev.gra.grad.api;

import dev.gra.grad.exec.DrainingException;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.function.BooleanSupplier;

/** Takes no new calls while the server is going down, but those that ask how it is. */
final class AdmissionInterceptor implements ServerInterceptor {
  private final BooleanSupplier draining;

  AdmissionInterceptor(BooleanSupplier draining) {
    this.draining = draining;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String service = call.getMethodDescriptor().getServiceName();
    if (draining.getAsBoolean() && (service == null || !CallContext.open(service))) {
      throw new DrainingException();
    }
    return next.startCall(call, headers);
  }
}
