package dev.gra.client.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.gra.client.Endpoint;
import dev.gra.client.ExecOptions;
import dev.gra.client.ExecOutcome;
import dev.gra.client.FakeExec;
import dev.gra.client.FakeGrad;
import dev.gra.client.GraClient;
import dev.gra.client.GraException;
import dev.gra.client.OutputSink;
import dev.gra.client.local.GraHome;
import dev.gra.v1.Start;
import dev.gra.v1.Stream;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterTokenTest {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  @TempDir Path temp;
  private FakeKubectl kubectl;
  private FakeGrad grad;
  private ClusterEndpoints endpoints;

  @BeforeEach
  void prepare() throws IOException {
    kubectl = new FakeKubectl(temp);
    grad = new FakeGrad();
    endpoints =
        new ClusterEndpoints(
            new ClusterEndpoints.Way(
                kubectl.target(),
                "anna",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(grad.endpoint()),
                Duration.ZERO),
            new GraHome(kubectl.home()),
            kubectl.environment(),
            line -> {});
  }

  @AfterEach
  void close() {
    grad.close();
  }

  private Path token() {
    return endpoints.endpoint().tokenFile().orElseThrow();
  }

  private static void age(Path file, Duration age) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
  }

  private List<String> shown() {
    return grad.headers.stream().map(headers -> headers.get(AUTHORIZATION)).toList();
  }

  @Test
  void one_token_serves_until_most_of_its_time_is_over() throws IOException {
    String first = Files.readString(token());
    age(token(), Duration.ofMinutes(47));
    assertThat(Files.readString(token())).isEqualTo(first);

    age(token(), Duration.ofMinutes(49));

    assertThat(Files.readString(token())).isNotEqualTo(first);
    assertThat(kubectl.asked("token")).isEqualTo(2);
    assertThat(Files.getPosixFilePermissions(token()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void a_token_that_is_still_good_serves_while_the_cluster_is_out_of_reach() throws IOException {
    String first = Files.readString(token());
    age(token(), Duration.ofMinutes(50));
    kubectl.put("fail-token", "Unable to connect to the server: net/http: timeout\n");

    assertThat(Files.readString(token())).isEqualTo(first);

    age(temp.resolve("home/client/tokens").resolve(token().getFileName()), Duration.ofMinutes(61));
    assertThatThrownBy(this::token)
        .isInstanceOfSatisfying(
            GraException.class, e -> assertThat(e.reason()).isEqualTo("CLUSTER_UNREACHABLE"));
  }

  @Test
  void a_refused_token_is_renewed_once_and_the_call_made_again() throws Exception {
    grad.refusal = n -> n == 1 ? Optional.of(Status.UNAUTHENTICATED) : Optional.empty();
    grad.program = start -> FakeExec.printing("out", "");

    try (GraClient client = GraClient.of(endpoints)) {
      Start start = Start.newBuilder().setExecId("x").setRunner("r").setRunnerUid("u").build();
      var outcome = client.exec(start, ExecOptions.to(sink())).run();
      assertThat(outcome).isInstanceOf(ExecOutcome.Finished.class);
    }

    assertThat(shown()).hasSize(2).doesNotHaveDuplicates();
    assertThat(kubectl.asked("token")).isEqualTo(2);
  }

  @Test
  void a_token_that_is_refused_again_is_an_error() {
    grad.refusal = n -> Optional.of(Status.UNAUTHENTICATED);

    try (GraClient client = GraClient.of(endpoints)) {
      Start start = Start.newBuilder().setExecId("x").setRunner("r").setRunnerUid("u").build();
      var exec = client.exec(start, ExecOptions.to(sink()));
      assertThatThrownBy(exec::run)
          .isInstanceOfSatisfying(
              GraException.class,
              e -> {
                assertThat(e.code()).isEqualTo(Status.Code.UNAUTHENTICATED);
                assertThat(e.reason()).isEqualTo("TOKEN_EXPIRED");
                assertThat(e.getMessage()).contains("ran out at 1970-01-01T01:16:40Z");
              });
    }

    assertThat(grad.headers).hasSize(2);
  }

  @Test
  void an_address_is_reached_without_a_tunnel() throws IOException {
    try (GraClient client = GraClient.of(endpoints)) {
      assertThat(client.runners().list(Map.of())).isEmpty();
    }

    Endpoint endpoint = endpoints.endpoint();
    assertThat(endpoint.port()).isEqualTo(grad.port());
    assertThat(kubectl.asked("port-forward")).isZero();
  }

  private static OutputSink sink() {
    return new OutputSink() {
      @Override
      public void write(Stream stream, long offset, ByteString data) {}

      @Override
      public void gap(Stream stream, long from, long to) {}
    };
  }
}
