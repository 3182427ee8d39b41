package dev.gra.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.gra.client.GraException;
import dev.gra.e2e.S3Server;
import dev.gra.v1.Dataset;
import dev.gra.v1.EnsureRunnerRequest;
import dev.gra.v1.Runner;
import dev.gra.v1.RunnerSpec;
import io.grpc.Status.Code;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Data in S3 mounted for pods, by the grad of kustomize/overlays/e2e-mounts. The server is on this
 * machine, which is the node of e2e/cluster's cluster.
 */
@Tag("cluster")
@Tag("own-cluster")
@TestInstance(Lifecycle.PER_CLASS)
class S3MountPodTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final List<String> SECRETS = List.of("e2e-mount", "e2e-mount-wrong");
  private static final String TRIPS = "/workspace/dataset/trips";

  private final S3Server s3 = S3Server.start(nodeAddress());
  private final DeployedGra gra = DeployedGra.connect();
  private String expected;

  private static String nodeAddress() {
    return Kubectl.run(
        "get",
        "nodes",
        "-o",
        "jsonpath={.items[0].status.addresses[?(@.type=='InternalIP')].address}");
  }

  @BeforeAll
  void makeSecrets() {
    expected = s3.makeTrips(13);
    String id = "AWS_ACCESS_KEY_ID=" + S3Server.KEY_ID + "\n";
    secret("e2e-mount", id + "AWS_SECRET_ACCESS_KEY=" + S3Server.KEY);
    secret("e2e-mount-wrong", id + "AWS_SECRET_ACCESS_KEY=not-it");
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

  private EnsureRunnerRequest request(String name, String bucket, String prefix, String secret) {
    Dataset dataset =
        Dataset.newBuilder()
            .setName("trips")
            .setBucket(bucket)
            .setPrefix(prefix)
            .setEndpoint(s3.endpoint())
            .setSecret(secret)
            .setMount(TRIPS)
            .build();
    return EnsureRunnerRequest.newBuilder()
        .setName(name)
        .setSpec(RunnerSpec.newBuilder().addDatasets(dataset))
        .build();
  }

  private static final String SUMMARY =
      """
      import duckdb, pandas
      path = "/workspace/dataset/trips/trips.parquet"
      cents = pandas.read_parquet(path)["cents"]
      print(len(cents), cents.sum())
      print(*duckdb.execute("select count(*), sum(cents) from read_parquet($1)", [path]).fetchone())
      """;

  @Test
  void a_pod_reads_200_mb_as_a_file_that_it_can_t_write_to_and_has_no_key_in_its_description()
      throws Exception {
    Runner runner = gra.ensure(request("files", "trips", "2024", "e2e-mount"));

    DeployedGra.Run summary =
        gra.run(DeployedGra.start(runner, "python3", "-c", SUMMARY).build(), () -> {});
    assertThat(summary.text()).endsWith(expected + "\n" + expected + "\n");
    DeployedGra.Run write =
        gra.sh(runner, "cd dataset; for f in x trips/x; do touch $f 2>&1; done; id -u; ls -A");
    assertThat(write.text()).containsSubsequence("Read-only", "Read-only", "1000\ntrips\n");
    assertThat(Kubectl.run("-n", "gra-runners", "get", "pod", gra.pod(runner), "-o", "json"))
        .contains("e2e-mount")
        .doesNotContain(S3Server.KEY);
  }

  /** A line for each time that what it finds is another: what is there, or the error. */
  private static final String WATCH =
      """
      import os, time
      path, last, end = "/workspace/dataset/trips", None, "/tmp/end"
      while not os.path.exists(end):
          try:
              now = f"{len(os.listdir(path))} files"
              with open(path + "/watched", "rb") as file:
                  now += f", {len(file.read())} bytes"
          except FileNotFoundError:
              now += ", not mine"
          except OSError as e:
              now = "error"
          if now != last:
              print(now, flush=True)
          last = now
          time.sleep(0.01)
      """;

  @Test
  void an_s3fs_and_a_sidecar_that_die_are_errors_until_it_is_mounted_again_and_never_nothing()
      throws Exception {
    Path there = Files.createDirectories(s3.trips().resolveSibling("watch"));
    Files.writeString(there.resolve("watched"), "data");
    Runner runner = gra.ensure(request("watch", "trips", "2024/watch", "e2e-mount"));
    String pod = gra.pod(runner);
    var watch = DeployedGra.start(runner, "python3", "-c", WATCH).build();
    var faults = new Faults(runner, pod);

    DeployedGra.Run seen = gra.run(watch, faults);

    assertThat(faults.failure).isNull();
    assertThat(seen.text().lines().distinct()).containsExactly("1 files, 4 bytes", "error");
    assertThat(seen.text()).endsWith("1 files, 4 bytes\n");
    assertThat(restarts(pod)).isEqualTo("1");
    gra.client().runners().delete("watch", runner.getUid());
    assertThat(there.resolve("watched")).hasContent("data");
  }

  private static String restarts(String pod) {
    return Kubectl.run(
        "-n",
        "gra-runners",
        "get",
        "pod",
        pod,
        "-o",
        "jsonpath={.status.initContainerStatuses[0].restartCount}");
  }

  /** Kills s3fs, then all of its container, and waits for the mount after each. */
  private final class Faults implements Runnable {
    private final Runner runner;
    private final String pod;
    private Throwable failure;

    Faults(Runner runner, String pod) {
      this.runner = runner;
      this.pod = pod;
    }

    @Override
    public void run() {
      Thread.ofVirtual().name("faults").start(this::all);
    }

    private void all() {
      try {
        // There is no pkill: the first word of a command line is what it is called.
        sidecar(
            "for p in /proc/[0-9]*; do grep -qs ^s3fs $p/cmdline && kill -KILL ${p#/proc/}; done; true");
        mounted();
        sidecar("kill -TERM 1");
        await().atMost(PATIENCE).until(() -> restarts(pod).equals("1"));
        mounted();
      } catch (RuntimeException | AssertionError e) {
        failure = e;
      } finally {
        end();
      }
    }

    private void sidecar(String line) {
      Kubectl.run("-n", "gra-runners", "exec", pod, "-c", "gra-mount-0", "--", "sh", "-c", line);
    }

    private void mounted() {
      await().atMost(PATIENCE).until(() -> sh("cat " + TRIPS + "/watched").equals("data"));
    }

    private void end() {
      var _ = sh("touch /tmp/end");
    }

    private String sh(String line) {
      try {
        return gra.sh(runner, line).text();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void a_server_that_goes_is_an_error_and_comes_back_by_itself() throws Exception {
    Path there = Files.createDirectories(s3.trips().resolveSibling("middle"));
    Files.writeString(there.resolve("a"), "data");
    Runner runner = gra.ensure(request("middle", "trips", "2024/middle", "e2e-mount"));
    String ls = "ls " + TRIPS + " 2>&1";
    assertThat(gra.sh(runner, ls).text()).isEqualTo("a\n");
    try {
      s3.end();
      assertThat(gra.sh(runner, ls).text()).contains("Input/output error");
    } finally {
      s3.begin();
    }
    assertThat(gra.sh(runner, ls + "; cat " + TRIPS + "/a").text()).isEqualTo("a\ndata");
  }

  @Test
  void what_s3_refuses_is_told_when_the_runner_is_made() {
    assertThat(refused(request("refused", "trips", "2024", "e2e-mount-wrong")))
        .contains("dataset trips can't be mounted: invalid credentials(host=" + s3.endpoint());
    assertThat(refused(request("refused", "no-such-bucket", "", "e2e-mount")))
        .contains("dataset trips can't be mounted: bucket or key not found");
    assertThat(refused(request("refused", "trips", "2024", "e2e-mount-none")))
        .contains("secret \"e2e-mount-none\" not found");
  }

  @Test
  void a_namespace_that_forbids_privileged_pods_is_told_with_what_to_do() {
    enforce("restricted");
    try {
      assertThat(refused(request("forbidden", "trips", "2024", "e2e-mount")))
          .contains("this cluster forbids what mounts datasets", "gra-mount-0", "privileged");
    } finally {
      enforce("privileged");
    }
  }

  private static void enforce(String profile) {
    Kubectl.run(
        "label",
        "--overwrite",
        "namespace",
        "gra-runners",
        "pod-security.kubernetes.io/enforce=" + profile);
  }

  private String refused(EnsureRunnerRequest request) {
    GraException refused = catchThrowableOfType(GraException.class, () -> gra.ensure(request));
    assertThat(refused).isNotNull();
    assertThat(refused.code()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(gra.client().runners().list(Map.of()))
        .noneMatch(runner -> runner.getName().equals(request.getName()));
    return refused.getMessage();
  }
}
