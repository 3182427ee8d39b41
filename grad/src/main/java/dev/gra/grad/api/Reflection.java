package dev.gra.grad.api;

import com.google.protobuf.Descriptors.FileDescriptor;
import dev.gra.grad.helidon.CallWriter;
import dev.gra.protocol.ProtocolException;
import io.grpc.Status;
import io.grpc.reflection.v1.ErrorResponse;
import io.grpc.reflection.v1.FileDescriptorResponse;
import io.grpc.reflection.v1.ListServiceResponse;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;

/**
 * gRPC reflection. grpc-java's own asks for messages one by one, which Helidon doesn't do;
 * Helidon's knows a service's own file only.
 */
final class Reflection {
  private static final int WAITING = 256;

  private final List<String> services;
  private final SchemaIndex index;
  private final ScheduledExecutorService scheduler;

  Reflection(
      List<String> services, List<FileDescriptor> files, ScheduledExecutorService scheduler) {
    this.services = services;
    this.index = new SchemaIndex(files);
    this.scheduler = scheduler;
  }

  /** A call, in whichever version's messages. */
  <Q, A> StreamObserver<Q> call(
      StreamObserver<A> client,
      Function<Q, ServerReflectionRequest> read,
      Function<ServerReflectionResponse, A> write) {
    CallWriter<A> writer =
        new CallWriter<>(
            "reflection-writer",
            client,
            new CallWriter.Owner<>() {},
            WAITING,
            CallWriter.Merger.none(),
            scheduler);
    if (client instanceof ServerCallStreamObserver<A> call) {
      call.setOnCancelHandler(writer::abort);
    }
    return new StreamObserver<>() {
      @Override
      public void onNext(Q request) {
        if (!writer.offer(write.apply(answer(read.apply(request))))) {
          writer.fail(Boundary.status(new ProtocolException("too many questions at once")));
        }
      }

      @Override
      public void onError(Throwable why) {
        writer.abort();
      }

      @Override
      public void onCompleted() {
        writer.finish();
      }
    };
  }

  ServerReflectionResponse answer(ServerReflectionRequest request) {
    ServerReflectionResponse.Builder response =
        ServerReflectionResponse.newBuilder()
            .setValidHost(request.getHost())
            .setOriginalRequest(request);
    switch (request.getMessageRequestCase()) {
      case LIST_SERVICES -> response.setListServicesResponse(list());
      case FILE_BY_FILENAME -> files(response, index.file(request.getFileByFilename()));
      case FILE_CONTAINING_SYMBOL ->
          files(response, index.defining(request.getFileContainingSymbol()));
      case FILE_CONTAINING_EXTENSION, ALL_EXTENSION_NUMBERS_OF_TYPE ->
          response.setErrorResponse(error(Status.Code.NOT_FOUND, "no extensions here"));
      case MESSAGEREQUEST_NOT_SET ->
          response.setErrorResponse(error(Status.Code.INVALID_ARGUMENT, "nothing asked"));
    }
    return response.build();
  }

  private ListServiceResponse list() {
    ListServiceResponse.Builder list = ListServiceResponse.newBuilder();
    services.forEach(name -> list.addService(ServiceResponse.newBuilder().setName(name)));
    return list.build();
  }

  private static void files(
      ServerReflectionResponse.Builder response, Optional<FileDescriptor> file) {
    if (file.isEmpty()) {
      response.setErrorResponse(error(Status.Code.NOT_FOUND, "not known here"));
      return;
    }
    FileDescriptorResponse.Builder files = FileDescriptorResponse.newBuilder();
    SchemaIndex.closure(file.get())
        .forEach(each -> files.addFileDescriptorProto(each.toProto().toByteString()));
    response.setFileDescriptorResponse(files);
  }

  private static ErrorResponse error(Status.Code code, String message) {
    return ErrorResponse.newBuilder().setErrorCode(code.value()).setErrorMessage(message).build();
  }
}
