package dev.gra.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.gra.client.GraException;
import dev.gra.e2e.Build;
import dev.gra.e2e.S3Server;
import dev.gra.v1.Dataset;
import dev.gra.v1.EnsureRunnerRequest;
import dev.gra.v1.Runner;
import dev.gra.v1.RunnerSpec;
import dev.gra.v1.Script;
import io.grpc.Status.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Data in S3 for pods. The server is on this machine, which is the node of e2e/cluster's cluster.
 */
@Tag("cluster")
@Tag("own-cluster")
@TestInstance(Lifecycle.PER_CLASS)
class S3PodTest {
  private static final List<String> SECRETS = List.of("e2e-s3", "e2e-s3-wrong", "e2e-s3-half");

  private final S3Server s3 = S3Server.start(nodeAddress());
  private final DeployedGra gra = DeployedGra.connect();

  private static String nodeAddress() {
    return Kubectl.run(
        "get",
        "nodes",
        "-o",
        "jsonpath={.items[0].status.addresses[?(@.type=='InternalIP')].address}");
  }

  @BeforeAll
  void makeSecrets() {
    String id = "AWS_ACCESS_KEY_ID=" + S3Server.KEY_ID + "\n";
    secret("e2e-s3", id + "AWS_SECRET_ACCESS_KEY=" + S3Server.KEY);
    secret("e2e-s3-wrong", id + "AWS_SECRET_ACCESS_KEY=not-it");
    secret("e2e-s3-half", id);
  }

  private static void secret(String name, String lines) {
    Kubectl.feed(
        lines,
        "-n",
        "gra-runners",
        "create",
        "secret",
        "generic",
        name,
        "--from-env-file=/dev/stdin");
  }

  @AfterAll
  void close() {
    try {
      gra.close();
    } finally {
      SECRETS.forEach(name -> Kubectl.run("-n", "gra-runners", "delete", "secret", name));
      s3.close();
    }
  }

  private EnsureRunnerRequest request(String name, String secret) {
    Dataset dataset =
        Dataset.newBuilder()
            .setName("trips")
            .setBucket("trips")
            .setPrefix("2024")
            .setEndpoint(s3.endpoint())
            .setSecret(secret)
            .build();
    return EnsureRunnerRequest.newBuilder()
        .setName(name)
        .setSpec(RunnerSpec.newBuilder().addDatasets(dataset))
        .build();
  }

  private DeployedGra.Run summary(Runner runner) throws IOException, InterruptedException {
    byte[] program = Files.readAllBytes(Build.root().resolve("examples/s3/summary.py"));
    // As a file: DuckDB takes `python3 -c` for a person, and draws a progress bar.
    Script script =
        Script.newBuilder()
            .addInterpreter("python3")
            .setContent(ByteString.copyFrom(program))
            .setFileName("summary.py")
            .build();
    return gra.run(DeployedGra.start(runner).setScript(script).build(), () -> {});
  }

  @Test
  void a_pod_reads_200_mb_by_the_key_of_a_secret_that_its_description_does_not_show()
      throws Exception {
    String expected = s3.makeTrips(13);
    Runner runner = gra.ensure(request("trips", "e2e-s3"));

    DeployedGra.Run summary = summary(runner);

    assertThat(summary.text()).startsWith("pandas " + expected + "\nduckdb " + expected + "\n");
    String profile =
        "import botocore.session as s; c = s.Session(profile='trips').get_credentials();";
    DeployedGra.Run key =
        gra.sh(runner, "python3 -c \"" + profile + " print(c.method, c.access_key)\"");
    assertThat(key.text()).isEqualTo("custom-process " + S3Server.KEY_ID + "\n");
    assertThat(Kubectl.run("-n", "gra-runners", "get", "pod", gra.pod(runner), "-o", "json"))
        .contains("e2e-s3")
        .doesNotContain(S3Server.KEY);
  }

  @Test
  void a_wrong_key_is_an_error_and_no_empty_table() throws Exception {
    var _ = s3.makeTrips(1);

    DeployedGra.Run summary = summary(gra.ensure(request("wrong", "e2e-s3-wrong")));

    assertThat(summary.ended().getEnding().getExited().getCode()).isEqualTo(1);
    assertThat(summary.text()).isEmpty();
  }

  @Test
  void a_secret_that_is_not_there_or_lacks_an_entry_is_told_at_once_with_what_to_do() {
    for (var why :
        Map.of(
                "e2e-s3-none", "secret \"e2e-s3-none\" not found",
                "e2e-s3-half",
                    "couldn't find key AWS_SECRET_ACCESS_KEY in Secret gra-runners/e2e-s3-half")
            .entrySet()) {
      EnsureRunnerRequest request = request("refused", why.getKey());
      GraException refused = catchThrowableOfType(GraException.class, () -> gra.ensure(request));

      assertThat(refused.code()).isEqualTo(Code.FAILED_PRECONDITION);
      assertThat(refused.getMessage()).contains(why.getValue());
      assertThat(refused.hint().orElse(""))
          .contains("kubectl -n gra-runners create secret generic NAME --from-env-file=FILE");
      assertThat(gra.client().runners().list(Map.of()))
          .noneMatch(runner -> runner.getName().equals("refused"));
    }
  }
}
