package dev.gra.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.gra.client.GraClient;
import dev.gra.client.GraException;
import dev.gra.v1.EnsureRunnerRequest;
import dev.gra.v1.Runner;
import dev.gra.v1.RunnerSpec;
import io.grpc.Status.Code;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runners that can't be made, and many at once. */
@Tag("cluster")
class CreationTest {
  private final DeployedGra gra = DeployedGra.connect();
  private final List<String> applied = new ArrayList<>();

  @AfterEach
  void close() {
    applied.forEach(yaml -> Kubectl.feed(yaml, "delete", "--grace-period=0", "--force", "-f", "-"));
    gra.close();
  }

  private void apply(String yaml) {
    applied.add(yaml);
    Kubectl.feed(yaml, "apply", "-f", "-");
  }

  private GraException refused(RunnerSpec.Builder spec) {
    var request = EnsureRunnerRequest.newBuilder().setName("r").setSpec(spec).build();
    GraException refused = catchThrowableOfType(GraException.class, () -> gra.ensure(request));
    assertThat(refused).as("the failure").isNotNull();
    assertThat(gra.client().runners().list(Map.of())).isEmpty();
    return refused;
  }

  @Test
  void an_image_that_is_not_there_is_told_in_kubernetes_words() {
    GraException refused =
        refused(RunnerSpec.newBuilder().setImage("localhost/gra-no-such-image:never"));

    assertThat(refused.getMessage()).contains("localhost/gra-no-such-image:never");
    assertThat(refused.getMessage())
        .containsAnyOf("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull");
  }

  @Test
  void an_image_without_gra_is_told() {
    GraException refused = refused(RunnerSpec.newBuilder().setImage("localhost/pause:1"));

    assertThat(refused.getMessage()).contains("/opt/gra/bin/tini");
  }

  @Test
  void a_full_quota_names_itself() {
    apply(
        """
        {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "e2e-full", "namespace": "gra-runners"},
         "spec": {"hard": {"count/pods": "0"}}}
        """);

    // The quota counts once its controller has looked at it.
    GraException refused = await().until(this::refusedOrMade, Objects::nonNull);
    assertThat(refused.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(refused.getMessage()).contains("exceeded quota: e2e-full");
  }

  private GraException refusedOrMade() {
    try {
      Runner made = gra.ensure(EnsureRunnerRequest.newBuilder().setName("r").build());
      gra.client().runners().delete(made.getName(), made.getUid());
      return null;
    } catch (GraException e) {
      return e;
    }
  }

  /** On the cluster of e2e/cluster only: it takes all nodes out of service. */
  @Test
  @Tag("own-cluster")
  void a_cluster_without_room_says_so_in_kubernetes_words() {
    List<String> nodes = Kubectl.run("get", "nodes", "-o", "name").lines().toList();
    try {
      for (String node : nodes) {
        Kubectl.run("cordon", node);
      }
      GraException refused = refused(RunnerSpec.newBuilder());

      assertThat(refused.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
      assertThat(refused.getMessage()).contains("0/" + nodes.size() + " nodes are available");
    } finally {
      for (String node : nodes) {
        Kubectl.run("uncordon", node);
      }
    }
  }

  @Test
  void fifty_runners_at_once_are_all_made_and_each_runs_a_command() throws Exception {
    List<Future<String>> all = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 50; i++) {
        String name = "many-" + i;
        all.add(threads.submit(() -> gra.sh(gra.ensure(name), "echo " + name).text()));
      }
    }
    for (int i = 0; i < 50; i++) {
      assertThat(all.get(i).get()).isEqualTo("many-" + i + "\n");
    }
  }

  @Test
  void a_token_of_a_subject_that_is_gone_is_refused() throws Exception {
    String subject = gra.subject() + "-gone";
    Kubectl.run("-n", "gra", "create", "serviceaccount", subject);
    Path token = gra.token(subject);
    Kubectl.run("-n", "gra", "delete", "serviceaccount", subject);

    try (GraClient client = gra.client(token)) {
      GraException refused =
          catchThrowableOfType(GraException.class, () -> client.runners().list(Map.of()));
      assertThat(refused.code()).isEqualTo(Code.UNAUTHENTICATED);
    }
  }
}
