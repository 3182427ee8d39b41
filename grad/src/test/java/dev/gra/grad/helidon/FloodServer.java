package dev.gra.grad.helidon;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
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
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends as fast as it can to whoever asks once, for as long as it is listened to. */
final class FloodServer implements AutoCloseable {
  static final MethodDescriptor<BytesValue, BytesValue> ECHO = method("test.Flood/Echo");
  static final MethodDescriptor<BytesValue, BytesValue> FLOOD = method("test.Flood/Flood");
  static final MethodDescriptor<BytesValue, BytesValue> REFUSED = method("test.Flood/Refused");
  private static final BytesValue DROP = BytesValue.of(ByteString.copyFrom(new byte[32 << 10]));

  private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
  private final AtomicInteger cancelled = new AtomicInteger();
  private final Guard guard;
  private final WebServer server;
  private final ManagedChannel channel;

  FloodServer(Duration silence) {
    guard =
        new Guard(
            failure -> Status.ABORTED.withCause(failure).asException(),
            silence,
            Duration.ofHours(1),
            scheduler);
    ServerServiceDefinition service =
        ServerServiceDefinition.builder("test.Flood")
            .addMethod(ECHO, ServerCalls.asyncBidiStreamingCall(Echo::new))
            .addMethod(FLOOD, ServerCalls.asyncBidiStreamingCall(Flood::new))
            .addMethod(REFUSED, (_, _) -> refused())
            .build();
    server =
        GrpcSettings.STANDARD
            .apply(WebServer.builder())
            .shutdownHook(false)
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addRouting(GrpcRouting.builder().service(ServerInterceptors.intercept(service, guard)))
            .build()
            .start();
    channel =
        OkHttpChannelBuilder.forAddress("127.0.0.1", server.port())
            .usePlaintext()
            .flowControlWindow(1 << 20)
            .build();
  }

  /** The same one each time. */
  ManagedChannel channel() {
    return channel;
  }

  int port() {
    return server.port();
  }

  Guard guard() {
    return guard;
  }

  /** How many floods were told that nobody listens any more. */
  int cancelled() {
    return cancelled.get();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    guard.close();
    server.stop();
    scheduler.shutdownNow();
  }

  private static ServerCall.Listener<BytesValue> refused() {
    throw new IllegalStateException("not now");
  }

  private static MethodDescriptor<BytesValue, BytesValue> method(String name) {
    var marshaller = ProtoUtils.marshaller(BytesValue.getDefaultInstance());
    return MethodDescriptor.newBuilder(marshaller, marshaller)
        .setFullMethodName(name)
        .setType(MethodType.BIDI_STREAMING)
        .build();
  }

  /** Says what it hears, and ends when its client does. */
  private class Echo implements StreamObserver<BytesValue> {
    final CallWriter<BytesValue> writer;

    Echo(StreamObserver<BytesValue> client) {
      this(client, new CallWriter.Owner<>() {}, () -> {});
    }

    Echo(StreamObserver<BytesValue> client, CallWriter.Owner<BytesValue> owner, Runnable onCancel) {
      writer =
          new CallWriter<>("flood-writer", client, owner, 10, CallWriter.Merger.none(), scheduler);
      ((ServerCallStreamObserver<BytesValue>) client)
          .setOnCancelHandler(
              () -> {
                onCancel.run();
                writer.abort();
              });
    }

    @Override
    public void onNext(BytesValue request) {
      writer.offer(request);
    }

    @Override
    public void onError(Throwable why) {
      writer.abort();
    }

    @Override
    public void onCompleted() {
      writer.finish();
    }
  }

  /** Says something more as soon as it has said something. */
  private final class Flood implements StreamObserver<BytesValue>, CallWriter.Owner<BytesValue> {
    private final Echo echo;

    Flood(StreamObserver<BytesValue> client) {
      echo = new Echo(client, this, cancelled::incrementAndGet);
    }

    @Override
    public void written(BytesValue message) {
      echo.writer.offer(DROP);
    }

    @Override
    public void onNext(BytesValue request) {
      echo.onNext(DROP);
    }

    @Override
    public void onError(Throwable why) {
      echo.onError(why);
    }

    @Override
    public void onCompleted() {
      // It has no end of its own.
    }
  }
}
