package dev.gra.e2e.cluster;

import com.google.protobuf.ByteString;
import dev.gra.client.Endpoint;
import dev.gra.client.ExecOptions;
import dev.gra.client.ExecOutcome;
import dev.gra.client.GraClient;
import dev.gra.client.GraException;
import dev.gra.client.OutputSink;
import dev.gra.v1.Ended;
import dev.gra.v1.EnsureRunnerRequest;
import dev.gra.v1.Runner;
import dev.gra.v1.Start;
import dev.gra.v1.Stream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.Assertions;

/** The grad that is deployed in the cluster, as a subject of its own sees it. */
final class DeployedGra implements AutoCloseable {
  private final String subject = "e2e-" + UUID.randomUUID().toString().substring(0, 8);
  private final Path directory;
  private final PortForward forward;
  private final GraClient client;

  private DeployedGra() throws IOException {
    directory = Files.createTempDirectory("gra-deployed-");
    Path ca = directory.resolve("ca.crt");
    String encoded =
        Kubectl.run("-n", "gra", "get", "secret", "gra-tls", "-o", "jsonpath={.data.tls\\.crt}");
    Files.write(ca, Base64.getDecoder().decode(encoded));
    Kubectl.run("-n", "gra", "create", "serviceaccount", subject);
    forward = new PortForward(ca, token(subject), directory.resolve("port-forward.log"));
    client = GraClient.of(forward);
  }

  static DeployedGra connect() {
    try {
      return new DeployedGra();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A token of a service account, in a file. */
  Path token(String serviceAccount) throws IOException {
    Path file = directory.resolve(serviceAccount + ".token");
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(
        file, Kubectl.run("-n", "gra", "create", "token", serviceAccount, "--audience", "gra"));
    return file;
  }

  /** A client with another token. */
  GraClient client(Path tokenFile) {
    return GraClient.of(
        () -> {
          Endpoint ours = forward.endpoint();
          return new Endpoint(
              ours.host(), ours.port(), ours.tls(), ours.caFile(), Optional.of(tokenFile));
        });
  }

  GraClient client() {
    return client;
  }

  String subject() {
    return subject;
  }

  Runner ensure(String name) {
    return ensure(EnsureRunnerRequest.newBuilder().setName(name).build());
  }

  Runner ensure(EnsureRunnerRequest request) {
    return client.runners().ensure(request, stage -> {}).runner();
  }

  /** The name of a runner's pod. */
  String pod(Runner runner) throws InterruptedException {
    return sh(runner, "hostname").text().strip();
  }

  /** How a shell line ended, and what it wrote to stdout. */
  record Run(Ended ended, ByteString stdout) {
    String text() {
      return stdout.toStringUtf8();
    }
  }

  Run sh(Runner runner, String line) throws InterruptedException {
    return run(start(runner, "sh", "-c", line).build(), () -> {});
  }

  static Start.Builder start(Runner runner, String... argv) {
    return Start.newBuilder()
        .setExecId(UUID.randomUUID().toString())
        .setRunner(runner.getName())
        .setRunnerUid(runner.getUid())
        .addAllArgv(List.of(argv));
  }

  /** Runs it to its end, however often the connection breaks. */
  Run run(Start start, Runnable atFirstByte) throws InterruptedException {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    OutputSink sink =
        new OutputSink() {
          @Override
          public void write(Stream stream, long offset, ByteString data) throws IOException {
            if (stdout.size() == 0) {
              atFirstByte.run();
            }
            if (stream == Stream.STREAM_STDOUT) {
              data.writeTo(stdout);
            }
          }

          @Override
          public void gap(Stream stream, long from, long to) {
            throw new AssertionError("a gap from " + from + " to " + to);
          }
        };
    ExecOutcome outcome = client.exec(start, ExecOptions.to(sink)).run();
    Assertions.assertThat(outcome).isInstanceOf(ExecOutcome.Finished.class);
    return new Run(
        ((ExecOutcome.Finished) outcome).ended(), ByteString.copyFrom(stdout.toByteArray()));
  }

  @Override
  public void close() {
    forward.renew();
    try {
      for (Runner left : client.runners().list(Map.of())) {
        deleteIfThere(left);
      }
    } finally {
      client.close();
      forward.close();
      Kubectl.run("-n", "gra", "delete", "serviceaccount", subject);
      delete();
    }
  }

  private void delete() {
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.delete(file);
      }
      Files.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void deleteIfThere(Runner runner) {
    try {
      client.runners().delete(runner.getName(), runner.getUid());
    } catch (GraException e) {
      Assertions.assertThat(e.reason()).isEqualTo("RUNNER_NOT_FOUND");
    }
  }
}
