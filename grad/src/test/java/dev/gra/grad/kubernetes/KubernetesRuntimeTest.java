package dev.gra.grad.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gra.grad.runner.IdleTimeout;
import dev.gra.grad.runner.Preset;
import dev.gra.grad.runner.Runner;
import dev.gra.grad.runner.RunnerRuntime;
import dev.gra.grad.runner.RunnerRuntimeContract;
import dev.gra.grad.runner.SpecDefaults;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The contract on a real cluster: that of KUBECONFIG, whose node has the runner's image. */
@Tag("cluster")
class KubernetesRuntimeTest extends RunnerRuntimeContract {
  private static final String NAMESPACE =
      "gra-test-" + UUID.randomUUID().toString().substring(0, 8);
  private static final String IMAGE =
      Optional.ofNullable(System.getenv("GRA_TEST_IMAGE")).orElse("localhost/gra-runner:dev");

  @BeforeAll
  static void makeNamespace() throws Exception {
    Kubectl.run("create", "namespace", NAMESPACE);
    Kubectl.run("label", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce=restricted");
  }

  @AfterAll
  static void deleteNamespace() throws Exception {
    Kubectl.run("delete", "namespace", NAMESPACE, "--wait=false");
  }

  @Override
  protected RunnerRuntime open() {
    return KubernetesRuntime.open(
        new KubernetesSettings(
            Optional.empty(),
            Optional.empty(),
            NAMESPACE,
            Optional.empty(),
            Optional.empty(),
            new SpecDefaults(Preset.SMALL, IMAGE, IdleTimeout.after(Duration.ofMinutes(5))),
            Duration.ofMinutes(2),
            Duration.ofSeconds(5)));
  }

  @Override
  protected void killRunnerd(Runner runner) throws Exception {
    exec(runner, "pkill", "-KILL", "-f", "runnerd[.]jar");
  }

  @Override
  protected void putIntoWorkspace(Runner runner, String file) throws Exception {
    exec(runner, "touch", "/workspace/" + file);
  }

  @Override
  protected List<String> workspace(Runner runner) throws Exception {
    return exec(runner, "ls", "-A", "/workspace").lines().toList();
  }

  private static String exec(Runner runner, String... command) throws Exception {
    var pod = PodNames.of(runner.owner(), runner.name());
    var arguments =
        new java.util.ArrayList<>(List.of("exec", "-n", NAMESPACE, pod, "-c", "runner", "--"));
    arguments.addAll(List.of(command));
    return Kubectl.run(arguments.toArray(String[]::new));
  }

  @Override
  protected void assertNothingLeft() throws Exception {
    assertThat(Kubectl.run("get", "pods", "-n", NAMESPACE, "-o", "name")).isEmpty();
  }
}
