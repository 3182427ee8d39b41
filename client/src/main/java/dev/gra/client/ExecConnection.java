package dev.gra.client;

import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.ExecServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;

/** One gRPC call of an exec. Its frames and its end are told on the transport's thread. */
final class ExecConnection implements ClientResponseObserver<ExecRequest, ExecResponse> {
  /** The host of connections. It is called under the transport's lock and must not block. */
  interface Host {
    /** A frame came. */
    void frame(ExecConnection from, ExecResponse response);

    /** The call is over; null if in good order. */
    void over(ExecConnection from, GraException why);
  }

  /** Frames that may wait for the host. */
  private static final int AHEAD = 64;

  private final Host host;
  private final ManagedChannel channel;
  private ClientCallStreamObserver<ExecRequest> requests;

  private ExecConnection(Host host, ManagedChannel channel) {
    this.host = host;
    this.channel = channel;
  }

  static ExecConnection open(GraClient client, Host host, TraceParent trace) {
    ManagedChannel channel = client.channel();
    ExecConnection connection = new ExecConnection(host, channel);
    // The host only queues what it is told: no executor is needed.
    ExecServiceGrpc.ExecServiceStub stub =
        ExecServiceGrpc.newStub(channel).withExecutor(Runnable::run);
    if (trace != null) {
      stub = stub.withOption(CallHeaders.TRACE, trace);
    }
    stub.exec(connection);
    return connection;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<ExecRequest> stream) {
    requests = stream;
    stream.disableAutoRequestWithInitial(AHEAD);
  }

  @Override
  public void onNext(ExecResponse response) {
    host.frame(this, response);
  }

  @Override
  public void onError(Throwable failure) {
    host.over(this, GraException.from(failure));
  }

  @Override
  public void onCompleted() {
    host.over(this, null);
  }

  void send(ExecRequest request) {
    requests.onNext(request);
  }

  /** The host has dealt with a frame. */
  void wantAnother() {
    requests.request(1);
  }

  /** Nothing more will be sent. */
  void halfClose() {
    requests.onCompleted();
  }

  /** Drops the call. Its end is told as that of any other. */
  void cancel(String why) {
    requests.cancel(why, Status.CANCELLED.asException());
  }

  ManagedChannel channel() {
    return channel;
  }
}
