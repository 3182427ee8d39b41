package dev.gra.client.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import com.google.protobuf.ByteString;
import dev.gra.client.local.GraHome;
import dev.gra.client.local.GradFile;
import dev.gra.client.local.Version;
import dev.gra.v1.Ended;
import dev.gra.v1.Ending;
import dev.gra.v1.EnsureRunnerRequest;
import dev.gra.v1.EnsureRunnerResponse;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.ExecServiceGrpc;
import dev.gra.v1.Exited;
import dev.gra.v1.Output;
import dev.gra.v1.Runner;
import dev.gra.v1.RunnerServiceGrpc;
import dev.gra.v1.Started;
import dev.gra.v1.Stream;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What gractl does while its AOT cache is recorded: an exec as real as it can be, against a server
 * within the same process, so that no grad is needed.
 */
public final class Training {
  /** The hidden verb. */
  public static final String VERB = "__train";

  /**
   * Puts a made-up grad into a state directory, which must be this process' GRA_HOME and stand on
   * its command line, as a grad's does.
   */
  public static void pretend(Path stateDirectory) throws IOException {
    Server server =
        OkHttpServerBuilder.forPort(0, InsecureServerCredentials.create())
            .addService(new Runners())
            .addService(new Execs())
            .build()
            .start();
    GraHome home = new GraHome(stateDirectory).create();
    GraHome.privateFile(home.tokenFile(), "training\n");
    String address = "127.0.0.1:" + server.getPort();
    GradFile grad =
        new GradFile(
            ProcessHandle.current().pid(),
            address,
            address,
            home.tokenFile(),
            "none",
            home.root(),
            Version.VERSION);
    GraHome.privateFile(home.gradFile(), JSON.std.asString(grad.toJson()));
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
            say(
                ExecResponse.newBuilder()
                    .setOutput(
                        Output.newBuilder()
                            .setStream(Stream.STREAM_STDERR)
                            .setData(ByteString.copyFromUtf8(" "))));
            Ending ending = Ending.newBuilder().setExited(Exited.newBuilder()).build();
            say(
                ExecResponse.newBuilder()
                    .setEnded(Ended.newBuilder().setEnding(ending).setPartial(true)));
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
