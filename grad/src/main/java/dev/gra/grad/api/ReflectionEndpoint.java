package dev.gra.grad.api;

import io.grpc.reflection.v1.ServerReflectionGrpc.ServerReflectionImplBase;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;

/** grpc.reflection.v1.ServerReflection. */
final class ReflectionEndpoint extends ServerReflectionImplBase {
  private final Reflection reflection;

  ReflectionEndpoint(Reflection reflection) {
    this.reflection = reflection;
  }

  @Override
  public StreamObserver<ServerReflectionRequest> serverReflectionInfo(
      StreamObserver<ServerReflectionResponse> client) {
    return reflection.call(client, Function.identity(), Function.identity());
  }
}
