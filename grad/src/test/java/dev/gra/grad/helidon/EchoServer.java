package dev.gra.grad.helidon;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.grpc.GrpcRouting;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers what it is asked, the way grad's services do, and some more on demand. */
final class EchoServer implements AutoCloseable {
  static final MethodDescriptor<BytesValue, BytesValue> UNARY =
      method("test.Echo/Unary", MethodType.UNARY);
  static final MethodDescriptor<BytesValue, BytesValue> BIDI =
      method("test.Echo/Bidi", MethodType.BIDI_STREAMING);

  private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
  private final Guard guard;
  private final WebServer server;
  private final AtomicInteger cancelled = new AtomicInteger();
  private final CountDownLatch released = new CountDownLatch(1);
  private final List<ManagedChannel> channels = new ArrayList<>();

  EchoServer(GrpcSettings settings, Duration silence) {
    guard = new Guard(EchoServer::status, silence, Duration.ofHours(1), scheduler);
    ServerServiceDefinition service =
        ServerServiceDefinition.builder("test.Echo")
            .addMethod(UNARY, ServerCalls.asyncUnaryCall(this::unary))
            .addMethod(BIDI, ServerCalls.asyncBidiStreamingCall(this::bidi))
            .build();
    server =
        settings
            .apply(WebServer.builder())
            .shutdownHook(false)
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addRouting(GrpcRouting.builder().service(ServerInterceptors.intercept(service, guard)))
            .build()
            .start();
  }

  int port() {
    return server.port();
  }

  Guard guard() {
    return guard;
  }

  /** How many streams were told that their client is gone. */
  int cancelled() {
    return cancelled.get();
  }

  /** Ends the streams that were to end later. */
  void release() {
    released.countDown();
  }

  ManagedChannel channel() {
    return channel(port());
  }

  ManagedChannel channel(int port) {
    return channel(port, 1 << 20);
  }

  ManagedChannel channel(int port, int window) {
    ManagedChannel channel =
        OkHttpChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .flowControlWindow(window)
            .build();
    channels.add(channel);
    return channel;
  }

  @Override
  public void close() {
    released.countDown();
    channels.forEach(ManagedChannel::shutdownNow);
    guard.close();
    server.stop();
    scheduler.shutdownNow();
  }

  private void unary(BytesValue request, StreamObserver<BytesValue> client) {
    demanded(request.getValue());
    client.onNext(request);
    client.onCompleted();
  }

  private StreamObserver<BytesValue> bidi(StreamObserver<BytesValue> client) {
    CallWriter<BytesValue> writer =
        new CallWriter<>(
            "echo-writer",
            client,
            new CallWriter.Owner<>() {},
            Integer.MAX_VALUE,
            CallWriter.Merger.none(),
            scheduler);
    if (client instanceof ServerCallStreamObserver<BytesValue> call) {
      call.setOnCancelHandler(
          () -> {
            cancelled.incrementAndGet();
            writer.abort();
          });
    }
    return new StreamObserver<>() {
      private boolean later;

      @Override
      public void onNext(BytesValue request) {
        demanded(request.getValue());
        if (request.getValue().toStringUtf8().equals("end later")) {
          later = true;
          Thread.ofVirtual().start(() -> finishLater(writer));
        } else {
          writer.offer(request);
        }
      }

      @Override
      public void onError(Throwable why) {
        writer.abort();
      }

      @Override
      public void onCompleted() {
        if (!later) {
          writer.finish();
        }
      }
    };
  }

  private void finishLater(CallWriter<?> writer) {
    try {
      released.await();
      writer.finish();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void demanded(ByteString request) {
    if (request.size() < 100 && request.toStringUtf8().startsWith("throw")) {
      throw new IllegalStateException(request.toStringUtf8().substring(5).strip());
    }
  }

  private static StatusException status(Throwable failure) {
    return failure instanceof UnreadableMessageException
        ? Status.RESOURCE_EXHAUSTED.asException()
        : Status.ABORTED.withDescription(failure.getMessage()).asException();
  }

  private static MethodDescriptor<BytesValue, BytesValue> method(String name, MethodType type) {
    var marshaller = ProtoUtils.marshaller(BytesValue.getDefaultInstance());
    return MethodDescriptor.newBuilder(marshaller, marshaller)
        .setFullMethodName(name)
        .setType(type)
        .build();
  }
}
