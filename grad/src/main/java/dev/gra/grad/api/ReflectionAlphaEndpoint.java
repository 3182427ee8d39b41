package dev.gra.grad.api;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.grpc.reflection.v1alpha.ServerReflectionGrpc.ServerReflectionImplBase;
import io.grpc.reflection.v1alpha.ServerReflectionRequest;
import io.grpc.reflection.v1alpha.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;

/** grpc.reflection.v1alpha.ServerReflection, which older tools ask: the same by another name. */
final class ReflectionAlphaEndpoint extends ServerReflectionImplBase {
  private final Reflection reflection;

  ReflectionAlphaEndpoint(Reflection reflection) {
    this.reflection = reflection;
  }

  @Override
  public StreamObserver<ServerReflectionRequest> serverReflectionInfo(
      StreamObserver<ServerReflectionResponse> client) {
    return reflection.call(
        client,
        request -> as(io.grpc.reflection.v1.ServerReflectionRequest.parser(), request),
        response -> as(ServerReflectionResponse.parser(), response));
  }

  private static <T> T as(Parser<T> parser, MessageLite message) {
    try {
      return parser.parseFrom(message.toByteString());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("both versions have the same form", e);
    }
  }
}
