package dev.gra.client.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.gra.client.local.Commands;
import dev.gra.client.local.GraHome;
import dev.gra.client.local.GradFile;
import dev.gra.client.local.StateFile;
import dev.gra.client.local.Version;
import dev.gra.v1.Ended;
import dev.gra.v1.Ending;
import dev.gra.v1.EnsureRunnerRequest;
import dev.gra.v1.EnsureRunnerResponse;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.ExecServiceGrpc;
import dev.gra.v1.Exited;
import dev.gra.v1.GetRunnerRequest;
import dev.gra.v1.GetRunnerResponse;
import dev.gra.v1.Output;
import dev.gra.v1.Runner;
import dev.gra.v1.RunnerServiceGrpc;
import dev.gra.v1.RunnerState;
import dev.gra.v1.Started;
import dev.gra.v1.Stream;
import dev.gra.v1.StreamTotals;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32C;
import javax.net.ssl.KeyManagerFactory;

/**
 * The server of a {@link Training}: each command that it is asked for has run at once. A program of
 * its own, which keeps a server's classes out of gractl's cache; it ends with its standard input.
 */
final class PretendGrad {
  private static final String PASSWORD = "training";
  private static final ByteString BLANK = ByteString.copyFromUtf8(" ");
  private static final Timestamp NOW = Timestamp.newBuilder().setSeconds(1).build();

  /**
   * Serves as the grad of a state directory, then says on a line what leads to it by TLS.
   *
   * @param arguments the state directory, which must be on the command line, as a grad's is; and
   *     anything, if it shall be reached by TLS too
   */
  public static void main(String... arguments) throws IOException {
    GraHome home = new GraHome(Path.of(arguments[0])).create();
    GraHome.privateFile(home.tokenFile(), "training\n");
    String address = "127.0.0.1:" + server(InsecureServerCredentials.create()).getPort();
    GradFile grad =
        new GradFile(
            ProcessHandle.current().pid(),
            address,
            address,
            home.tokenFile(),
            "none",
            home.root(),
            Version.VERSION);
    StateFile.write(home.gradFile(), grad.toJson());
    System.out.println(arguments.length > 1 ? String.join(" ", byTls(home)) : "");
    System.exit(System.in.read());
  }

  /** The options of gractl that lead to it by TLS; none if this JDK makes no certificates. */
  private static List<String> byTls(GraHome home) throws IOException {
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    if (!Files.isExecutable(keytool)) {
      return List.of();
    }
    Path certificate = home.root().resolve("training.pem");
    try {
      int port = server(credentials(home.root().resolve("training.p12"), certificate)).getPort();
      return List.of(
          "--server=https://localhost:" + port,
          "--ca-file=" + certificate,
          "--token-file=" + home.tokenFile());
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private static ServerCredentials credentials(Path store, Path certificate)
      throws IOException, GeneralSecurityException {
    Commands.run(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-keystore",
            store.toString(),
            "-storepass",
            PASSWORD,
            "-alias",
            "grad",
            "-keyalg",
            "EC",
            "-groupname",
            "secp256r1",
            "-validity",
            "1",
            "-dname",
            "CN=localhost",
            "-ext",
            "san=dns:localhost"));
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    String base64 =
        Base64.getMimeEncoder().encodeToString(keys.getCertificate("grad").getEncoded());
    Files.writeString(
        certificate, "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n");
    return TlsServerCredentials.newBuilder().keyManager(managers.getKeyManagers()).build();
  }

  private static Server server(ServerCredentials credentials) throws IOException {
    return OkHttpServerBuilder.forPort(0, credentials)
        .addService(new Runners())
        .addService(new Execs())
        .build()
        .start();
  }

  private static final class Runners extends RunnerServiceGrpc.RunnerServiceImplBase {
    @Override
    public void ensureRunner(
        EnsureRunnerRequest request, StreamObserver<EnsureRunnerResponse> responses) {
      responses.onNext(
          EnsureRunnerResponse.newBuilder()
              .setReady(
                  EnsureRunnerResponse.Ready.newBuilder().setRunner(runner(request.getName())))
              .build());
      responses.onCompleted();
    }

    @Override
    public void getRunner(GetRunnerRequest request, StreamObserver<GetRunnerResponse> responses) {
      responses.onNext(GetRunnerResponse.newBuilder().setRunner(runner(request.getName())).build());
      responses.onCompleted();
    }

    private static Runner runner(String name) {
      return Runner.newBuilder()
          .setName(name)
          .setUid("training")
          .setState(RunnerState.RUNNER_STATE_READY)
          .setCreateTime(NOW)
          .build();
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
            for (Stream stream : List.of(Stream.STREAM_STDOUT, Stream.STREAM_STDERR)) {
              say(
                  ExecResponse.newBuilder()
                      .setOutput(Output.newBuilder().setStream(stream).setData(BLANK)));
            }
            say(ExecResponse.newBuilder().setEnded(ended()));
          }
        }

        private Ended.Builder ended() {
          CRC32C crc = new CRC32C();
          crc.update(BLANK.asReadOnlyByteBuffer());
          StreamTotals totals =
              StreamTotals.newBuilder().setBytes(1).setCrc32C((int) crc.getValue()).build();
          return Ended.newBuilder()
              .setEnding(Ending.newBuilder().setExited(Exited.newBuilder()))
              .setStdout(totals)
              .setStderr(totals)
              .setStdin(StreamTotals.newBuilder())
              .setStartTime(NOW)
              .setDuration(Duration.newBuilder().setNanos(1))
              .setCpu(Duration.newBuilder().setNanos(1));
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

  private PretendGrad() {}
}
