package dev.gra.client.cli;

import com.google.protobuf.ByteString;
import dev.gra.client.Endpoint;
import dev.gra.client.EndpointSource;
import dev.gra.client.ExecOptions;
import dev.gra.client.GraClient;
import dev.gra.client.GraException;
import dev.gra.client.OutputSink;
import dev.gra.v1.Ended;
import dev.gra.v1.Ending;
import dev.gra.v1.EnsureRunnerRequest;
import dev.gra.v1.EnsureRunnerResponse;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.ExecServiceGrpc;
import dev.gra.v1.Exited;
import dev.gra.v1.Runner;
import dev.gra.v1.RunnerServiceGrpc;
import dev.gra.v1.Start;
import dev.gra.v1.Started;
import dev.gra.v1.Stream;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * What gractl does while its AOT cache is recorded: an exec as real as it can be, against a server
 * within the same process, so that no grad is needed.
 */
public final class Training {
  /** The hidden verb. */
  public static final String VERB = "__train";

  /** One run. */
  public static void run() throws IOException, InterruptedException {
    Server server =
        OkHttpServerBuilder.forPort(0, InsecureServerCredentials.create())
            .addService(new Runners())
            .addService(new Execs())
            .build()
            .start();
    Endpoint endpoint =
        new Endpoint("127.0.0.1", server.getPort(), false, Optional.empty(), Optional.empty());
    try (GraClient client = GraClient.of(EndpointSource.fixed(endpoint))) {
      client
          .runners()
          .ensure(EnsureRunnerRequest.newBuilder().setName("training").build(), stage -> {});
      Start start = Start.newBuilder().setExecId("training").addArgv("true").build();
      ExecOptions options = ExecOptions.to(new Nowhere());
      client.exec(start, options).run();
      GraException failure = GraException.of("TRAINING", "none", null);
      Json.failure(failure);
    } finally {
      server.shutdownNow();
    }
  }

  private static final class Nowhere implements OutputSink {
    @Override
    public void write(Stream stream, long offset, ByteString data) throws IOException {
      CapturedOutput captured = new CapturedOutput();
      captured.write(stream, offset, data);
      com.fasterxml.jackson.jr.ob.JSON.std.asString(Map.of("captured", captured.json(stream)));
    }

    @Override
    public void gap(Stream stream, long from, long to) {}
  }

  private static final class Runners extends RunnerServiceGrpc.RunnerServiceImplBase {
    @Override
    public void ensureRunner(
        EnsureRunnerRequest request, StreamObserver<EnsureRunnerResponse> responses) {
      Runner runner = Runner.newBuilder().setName(request.getName()).setUid("training").build();
      responses.onNext(
          EnsureRunnerResponse.newBuilder()
              .setReady(EnsureRunnerResponse.Ready.newBuilder().setRunner(runner))
              .build());
      responses.onCompleted();
    }
  }

  private static final class Execs extends ExecServiceGrpc.ExecServiceImplBase {
    @Override
    public StreamObserver<ExecRequest> exec(StreamObserver<ExecResponse> responses) {
      return new StreamObserver<>() {
        @Override
        public void onNext(ExecRequest request) {
          if (request.hasStart()) {
            say(ExecResponse.newBuilder().setStarted(Started.newBuilder().setStdinClosed(true)));
            Ending ending = Ending.newBuilder().setExited(Exited.newBuilder()).build();
            say(ExecResponse.newBuilder().setEnded(Ended.newBuilder().setEnding(ending)));
          }
        }

        private void say(ExecResponse.Builder response) {
          responses.onNext(response.build());
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
          responses.onCompleted();
        }
      };
    }
  }

  private Training() {}
}
