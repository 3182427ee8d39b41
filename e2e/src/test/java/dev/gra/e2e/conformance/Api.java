package dev.gra.e2e.conformance;

import dev.gra.v1.EnsureRunnerRequest;
import dev.gra.v1.EnsureRunnerResponse;
import dev.gra.v1.ExecServiceGrpc;
import dev.gra.v1.Runner;
import dev.gra.v1.RunnerServiceGrpc;
import dev.gra.v1.Start;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** The public API over a plain channel: what a client in any language has. */
final class Api implements AutoCloseable {
  static final int MAX_MESSAGE = 32 << 20;

  private final ManagedChannel channel;
  private final String token;

  Api(Endpoint endpoint, String token) {
    this.token = token;
    this.channel =
        builder(endpoint)
            .proxyDetector(target -> null)
            .flowControlWindow(4 << 20)
            .maxInboundMessageSize(MAX_MESSAGE)
            .build();
  }

  private static OkHttpChannelBuilder builder(Endpoint endpoint) {
    String target = "dns:///" + endpoint.address();
    if (endpoint.caFile().isEmpty()) {
      return OkHttpChannelBuilder.forTarget(target).usePlaintext();
    }
    try {
      var trusted = TlsChannelCredentials.newBuilder();
      trusted.trustManager(new File(endpoint.caFile().get()));
      return OkHttpChannelBuilder.forTarget(target, trusted.build());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ManagedChannel channel() {
    return channel;
  }

  RunnerServiceGrpc.RunnerServiceBlockingStub runners() {
    return RunnerServiceGrpc.newBlockingStub(channel)
        .withInterceptors(bearer())
        .withDeadlineAfter(2, TimeUnit.MINUTES);
  }

  ExecServiceGrpc.ExecServiceBlockingStub execs() {
    return ExecServiceGrpc.newBlockingStub(channel)
        .withInterceptors(bearer())
        .withDeadlineAfter(2, TimeUnit.MINUTES);
  }

  /** Opens an exec stream; the caller sends its first frame. */
  RawExec exec() {
    return new RawExec(ExecServiceGrpc.newStub(channel).withInterceptors(bearer()));
  }

  Runner ensure(String name) {
    return ensure(EnsureRunnerRequest.newBuilder().setName(name).build());
  }

  Runner ensure(EnsureRunnerRequest request) {
    Iterator<EnsureRunnerResponse> events = runners().ensureRunner(request);
    EnsureRunnerResponse last = null;
    while (events.hasNext()) {
      last = events.next();
    }
    if (last == null || !last.hasReady()) {
      throw new AssertionError("the stream ended without a runner: " + last);
    }
    return last.getReady().getRunner();
  }

  /** A Start of a command in a runner, under a new id. */
  static Start.Builder start(Runner runner, String... argv) {
    return Start.newBuilder()
        .setExecId(UUID.randomUUID().toString())
        .setRunner(runner.getName())
        .setRunnerUid(runner.getUid())
        .addAllArgv(List.of(argv));
  }

  /** A Start of a shell line. */
  static Start.Builder sh(Runner runner, String line) {
    return start(runner, "sh", "-c", line);
  }

  /** Runs a command to its end with all credit. */
  RawExec.Outcome run(Start.Builder start) {
    try (RawExec exec = exec()) {
      return exec.open(start).readAll();
    }
  }

  private ClientInterceptor bearer() {
    Metadata headers = new Metadata();
    if (!token.isEmpty()) {
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
    }
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
