package dev.gra.client;

import dev.gra.v1.CancelExecRequest;
import dev.gra.v1.CancelExecResponse;
import dev.gra.v1.Exec;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.ExecServiceGrpc;
import dev.gra.v1.GetExecRequest;
import dev.gra.v1.GetExecResponse;
import dev.gra.v1.Start;
import io.grpc.Attributes;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A grad without runners, whose execs are told what to do and whose connections break on demand.
 */
public final class FakeGrad implements AutoCloseable {
  public final Map<String, FakeExec> execs = new ConcurrentHashMap<>();
  public final List<ExecRequest> openings = new CopyOnWriteArrayList<>();
  public final List<Metadata> headers = new CopyOnWriteArrayList<>();
  public final FakeRunners runners = new FakeRunners();

  /** Connections ever made. */
  public final AtomicInteger connections = new AtomicInteger();

  /** What a start makes. */
  public volatile Function<Start, FakeExec> program = start -> FakeExec.printing("", "");

  /** What is done to each connection's attachment when it is made, e.g. to break it later. */
  public volatile BiConsumer<Integer, FakeAttachment> onAttachment = (number, attachment) -> {};

  /** Refuses the opening of the connection with that number, from 1, if it answers something. */
  public volatile Function<Integer, Optional<Status>> refusal = number -> Optional.empty();

  private Server server;
  private int port;

  private final ServerCredentials credentials;

  public FakeGrad() throws IOException {
    this(InsecureServerCredentials.create());
  }

  public FakeGrad(ServerCredentials credentials) throws IOException {
    this.credentials = credentials;
    start();
  }

  private void start() throws IOException {
    server =
        OkHttpServerBuilder.forPort(port, credentials)
            .addService(new ExecService())
            .addService(runners)
            .intercept(new Headers())
            .addTransportFilter(new Connections())
            .build()
            .start();
    port = server.getPort();
  }

  /** Drops all connections, as a kill -9 does; what execs are there stays. */
  public void kill() throws InterruptedException {
    server.shutdownNow();
    server.awaitTermination();
  }

  /** Is there again, on the same port. */
  public void restart() throws IOException {
    start();
  }

  public Endpoint endpoint() {
    return new Endpoint("127.0.0.1", port, false, Optional.empty(), Optional.empty());
  }

  public int port() {
    return port;
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private final class Connections extends ServerTransportFilter {
    @Override
    public Attributes transportReady(Attributes attributes) {
      connections.incrementAndGet();
      return attributes;
    }
  }

  private final class Headers implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata metadata, ServerCallHandler<A, B> next) {
      headers.add(metadata);
      return next.startCall(call, metadata);
    }
  }

  private final class ExecService extends ExecServiceGrpc.ExecServiceImplBase {
    @Override
    public StreamObserver<ExecRequest> exec(StreamObserver<ExecResponse> responses) {
      return new StreamObserver<>() {
        private FakeAttachment attachment;

        @Override
        public void onNext(ExecRequest request) {
          if (attachment == null) {
            openings.add(request);
            int number = openings.size();
            Optional<Status> refused = refusal.apply(number);
            if (refused.isPresent()) {
              responses.onError(refused.get().asRuntimeException());
              return;
            }
            String id =
                request.hasStart()
                    ? request.getStart().getExecId()
                    : request.getAttach().getExecId();
            boolean resumed = execs.containsKey(id);
            if (!resumed && request.hasStart()) {
              execs.put(id, program.apply(request.getStart()));
            }
            FakeExec exec = execs.get(id);
            if (exec == null) {
              responses.onError(Status.NOT_FOUND.withDescription("no exec").asRuntimeException());
              return;
            }
            attachment = new FakeAttachment(exec, responses);
            onAttachment.accept(number, attachment);
            attachment.open(request, resumed);
          } else {
            attachment.take(request);
          }
        }

        @Override
        public void onError(Throwable t) {
          if (attachment != null) {
            attachment.gone();
          }
        }

        @Override
        public void onCompleted() {
          if (attachment != null) {
            attachment.finish();
          }
        }
      };
    }

    @Override
    public void getExec(GetExecRequest request, StreamObserver<GetExecResponse> responses) {
      FakeExec exec = execs.get(request.getExecId());
      if (exec == null) {
        responses.onError(Status.NOT_FOUND.withDescription("no exec").asRuntimeException());
        return;
      }
      responses.onNext(
          GetExecResponse.newBuilder().setExec(exec.look(request.getExecId())).build());
      responses.onCompleted();
    }

    @Override
    public void cancelExec(
        CancelExecRequest request, StreamObserver<CancelExecResponse> responses) {
      execs.get(request.getExecId()).cancel(request.getBy());
      responses.onNext(
          CancelExecResponse.newBuilder()
              .setExec(Exec.newBuilder().setExecId(request.getExecId()))
              .build());
      responses.onCompleted();
    }
  }
}
