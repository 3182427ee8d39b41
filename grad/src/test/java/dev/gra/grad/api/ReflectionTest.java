package dev.gra.grad.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import dev.gra.grad.fixture.TestServer;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReflectionTest {
  private final TestServer server = new TestServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private ServerReflectionResponse ask(ServerReflectionRequest.Builder request) {
    Answer<ServerReflectionResponse> answer = new Answer<>();
    var call = ServerReflectionGrpc.newStub(server.channel()).serverReflectionInfo(answer);
    call.onNext(request.build());
    call.onCompleted();
    return answer.get();
  }

  @Test
  void all_services_are_listed_once() {
    assertThat(
            ask(ServerReflectionRequest.newBuilder().setListServices(""))
                .getListServicesResponse()
                .getServiceList())
        .extracting(ServiceResponse::getName)
        .containsExactlyInAnyOrder(
            "gra.v1.RunnerService",
            "gra.v1.ExecService",
            "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection",
            "grpc.reflection.v1alpha.ServerReflection");
  }

  @Test
  void a_nested_message_comes_with_all_that_its_file_imports() throws Exception {
    var files =
        ask(ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol("gra.v1.FailedToStart.Reason"))
            .getFileDescriptorResponse()
            .getFileDescriptorProtoList();

    assertThat(FileDescriptorProto.parseFrom(files.getFirst()).getName())
        .isEqualTo("gra/v1/exec.proto");
    assertThat(files.stream().map(ReflectionTest::name))
        .contains("google/protobuf/duration.proto", "google/protobuf/timestamp.proto");
  }

  @Test
  void what_is_not_known_is_said_so() {
    assertThat(
            ask(ServerReflectionRequest.newBuilder().setFileContainingSymbol("no.Such"))
                .getErrorResponse()
                .getErrorCode())
        .isEqualTo(5);
  }

  @Test
  @SuppressWarnings("deprecation")
  void older_tools_are_answered_too() {
    Answer<io.grpc.reflection.v1alpha.ServerReflectionResponse> answer = new Answer<>();
    var call =
        io.grpc.reflection.v1alpha.ServerReflectionGrpc.newStub(server.channel())
            .serverReflectionInfo(answer);
    call.onNext(
        io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder()
            .setListServices("")
            .build());
    call.onCompleted();

    assertThat(answer.get().getListServicesResponse().getServiceCount()).isEqualTo(5);
  }

  private static String name(ByteString file) {
    try {
      return FileDescriptorProto.parseFrom(file).getName();
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static final class Answer<T> implements StreamObserver<T> {
    private final CompletableFuture<T> first = new CompletableFuture<>();

    T get() {
      return first.orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Override
    public void onNext(T value) {
      first.complete(value);
    }

    @Override
    public void onError(Throwable why) {
      first.completeExceptionally(why);
    }

    @Override
    public void onCompleted() {
      first.completeExceptionally(new AssertionError("no answer"));
    }
  }
}
