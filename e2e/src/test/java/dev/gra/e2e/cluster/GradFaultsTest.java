package dev.gra.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gra.v1.Runner;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is between clients and runners goes away under 20 streams, which go on. */
@Tag("cluster")
class GradFaultsTest {
  private static final int STREAMS = 20;

  private final DeployedGra gra = DeployedGra.connect();

  @AfterEach
  void close() {
    scale(1);
    gra.close();
  }

  private List<Runner> runners() {
    return List.of(gra.ensure("s1"), gra.ensure("s2"), gra.ensure("s3"));
  }

  private static void scale(int replicas) {
    Kubectl.run("-n", "gra", "scale", "deployment/grad", "--replicas=" + replicas);
    Kubectl.run("-n", "gra", "rollout", "status", "deployment/grad", "--timeout=120s");
  }

  private static List<String> grads() {
    return Kubectl.run(
            "-n", "gra", "get", "pods", "-l", "app.kubernetes.io/name=grad", "-o", "name")
        .lines()
        .toList();
  }

  private static void delete(String pod, String... how) {
    List<String> command = new java.util.ArrayList<>(List.of("-n", "gra", "delete", pod));
    command.addAll(List.of(how));
    Kubectl.run(command.toArray(String[]::new));
  }

  @Test
  void streams_outlive_the_only_grad() throws Exception {
    try (Streams streams = new Streams(gra, runners(), STREAMS)) {
      streams.awaitUnderWay();
      delete(grads().getFirst());
      assertThat(streams.anyOver()).isFalse();
      streams.verify();
    }
  }

  @Test
  void streams_outlive_a_grad_that_is_killed_at_once() throws Exception {
    try (Streams streams = new Streams(gra, runners(), STREAMS)) {
      streams.awaitUnderWay();
      delete(grads().getFirst(), "--grace-period=0", "--force");
      assertThat(streams.anyOver()).isFalse();
      streams.verify();
    }
  }

  @Test
  void streams_go_over_from_each_of_two_grads_to_the_other() throws Exception {
    scale(2);
    try (Streams streams = new Streams(gra, runners(), STREAMS)) {
      streams.awaitUnderWay();
      for (String grad : grads()) {
        delete(grad);
      }
      assertThat(streams.anyOver()).isFalse();
      streams.verify();
    }
  }

  /** That of e2e/cluster only: nobody wants theirs restarted by a test. */
  @Test
  @Tag("own-cluster")
  void streams_outlive_the_api_server() throws Exception {
    try (Streams streams = new Streams(gra, runners(), STREAMS)) {
      streams.awaitUnderWay();
      Process restart =
          new ProcessBuilder(
                  System.getProperty("gra.e2e.root") + "/e2e/cluster/cluster",
                  "restart",
                  "apiserver")
              .inheritIO()
              .start();
      assertThat(restart.waitFor()).isZero();
      assertThat(streams.anyOver()).isFalse();
      streams.verify();
    }
  }
}
