package dev.gra.grad.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.gra.grad.runner.EnsureRequest;
import dev.gra.grad.runner.Ensured;
import dev.gra.grad.runner.IdleTimeout;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Preset;
import dev.gra.grad.runner.RunnerException;
import dev.gra.grad.runner.RunnerFailure;
import dev.gra.grad.runner.RunnerFailure.Unavailable;
import dev.gra.grad.runner.RunnerFailure.Unsupported;
import dev.gra.grad.runner.RunnerName;
import dev.gra.grad.runner.SpecDefaults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clusters that grad can't use, or not for everything, and one that two grads use. */
class KubernetesRefusalsTest {
  private static final Owner ANNA = new Owner("anna");

  @TempDir private Path directory;

  private static KubernetesSettings settings(Optional<Path> kubeconfig, String namespace) {
    return new KubernetesSettings(
        kubeconfig,
        Optional.empty(),
        namespace,
        Optional.empty(),
        Optional.empty(),
        new SpecDefaults(
            Preset.SMALL, "localhost/gra-runner:dev", IdleTimeout.after(Duration.ofMinutes(5))),
        Duration.ofMinutes(2),
        Duration.ofSeconds(5));
  }

  private static RunnerFailure failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    var thrown = catchThrowableOfType(RunnerException.class, call);
    assertThat(thrown).isNotNull();
    return thrown.failure();
  }

  private Path kubeconfig(String server, String more, String token) throws Exception {
    return Files.writeString(
        directory.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        current-context: c
        contexts: [{name: c, context: {cluster: c, user: u}}]
        clusters: [{name: c, cluster: {server: "%s"%s}}]
        users: [{name: u, user: {token: "%s"}}]
        """
            .formatted(server, more, token));
  }

  @Test
  void a_kubeconfig_that_points_nowhere_is_told_with_the_address() throws Exception {
    var nowhere = kubeconfig("https://127.0.0.1:1", "", "t");

    var failure = failure(() -> KubernetesRuntime.open(settings(Optional.of(nowhere), "n")));

    assertThat(failure).isInstanceOf(Unavailable.class);
    assertThat(failure.message()).contains("Kubernetes API").contains("127.0.0.1:1");
  }

  @Test
  void a_kubeconfig_that_is_not_there_is_told_by_its_name() {
    var none = directory.resolve("none");

    var failure = failure(() -> KubernetesRuntime.open(settings(Optional.of(none), "n")));

    assertThat(failure).isInstanceOf(Unsupported.class);
    assertThat(failure.message()).contains(none.toString());
  }

  @Test
  @Tag("cluster")
  void a_namespace_that_is_not_there_is_told_when_a_runner_is_wanted() {
    try (var runtime = KubernetesRuntime.open(settings(Optional.empty(), "gra-no-such"))) {
      var failure = failure(() -> runtime.ensure(ANNA, EnsureRequest.named("r"), _ -> {}));

      assertThat(failure).isInstanceOf(Unsupported.class);
      assertThat(failure.message()).contains("namespaces \"gra-no-such\" not found");
    }
  }

  @Test
  @Tag("cluster")
  void what_rbac_forbids_is_told_by_verb_and_resource() throws Exception {
    var namespace = "gra-test-" + UUID.randomUUID().toString().substring(0, 8);
    Kubectl.run("create", "namespace", namespace);
    try {
      Kubectl.run("create", "serviceaccount", "grad", "-n", namespace);
      var config = Optional.of(asServiceAccount(namespace));
      var blind = failure(() -> KubernetesRuntime.open(settings(config, namespace)));
      assertThat(blind).isInstanceOf(Unsupported.class);
      assertThat(blind.message()).contains("cannot list resource \"pods\"").contains(namespace);

      Kubectl.run(
          "create", "role", "see", "-n", namespace, "--verb=list,watch,get", "--resource=pods");
      Kubectl.run(
          "create",
          "rolebinding",
          "see",
          "-n",
          namespace,
          "--role=see",
          "--serviceaccount=" + namespace + ":grad");
      try (var runtime = KubernetesRuntime.open(settings(config, namespace))) {
        var failure = failure(() -> runtime.ensure(ANNA, EnsureRequest.named("r"), _ -> {}));
        assertThat(failure).isInstanceOf(Unsupported.class);
        assertThat(failure.message()).contains("cannot create resource \"pods\"");
      }
    } finally {
      Kubectl.run("delete", "namespace", namespace, "--wait=false");
    }
  }

  private Path asServiceAccount(String namespace) throws Exception {
    var server =
        Kubectl.run("config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}");
    var ca =
        Kubectl.run(
            "config",
            "view",
            "--minify",
            "--flatten",
            "-o",
            "jsonpath={.clusters[0].cluster.certificate-authority-data}");
    var token = Kubectl.run("create", "token", "grad", "-n", namespace).strip();
    return kubeconfig(server, ", certificate-authority-data: " + ca, token);
  }

  @Test
  @Tag("cluster")
  void two_grads_that_want_one_runner_make_one() throws Exception {
    var name = "two-" + UUID.randomUUID().toString().substring(0, 8);
    try (var one = KubernetesRuntime.open(settings(Optional.empty(), "gra-runners"));
        var two = KubernetesRuntime.open(settings(Optional.empty(), "gra-runners"));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var begin = new CountDownLatch(1);
      var both = new ArrayList<Future<Ensured>>();
      for (var runtime : List.of(one, two)) {
        both.add(
            threads.submit(
                () -> {
                  begin.await();
                  return runtime.ensure(ANNA, EnsureRequest.named(name), _ -> {});
                }));
      }
      begin.countDown();
      var first = both.get(0).get();
      var second = both.get(1).get();

      assertThat(first.runner().uid()).isEqualTo(second.runner().uid());
      assertThat(first.created()).isNotEqualTo(second.created());
      two.delete(ANNA, new RunnerName(name), Optional.empty());
      // Each grad has a watch of its own: the other's may tell a moment later.
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () ->
                  assertThat(one.list(ANNA))
                      .noneMatch(runner -> runner.name().value().equals(name)));
    }
  }
}
