package dev.gra.grad.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gra.grad.runner.Datasets;
import dev.gra.grad.runner.IdleTimeout;
import dev.gra.grad.runner.Labels;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Preset;
import dev.gra.grad.runner.RunnerException;
import dev.gra.grad.runner.RunnerName;
import dev.gra.grad.runner.RunnerSpec;
import io.kubernetes.client.openapi.models.V1Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PodTemplateTest {
  private static final RunnerAnnotations RUNNER =
      new RunnerAnnotations(
          new Owner("system:serviceaccount:gra:anna"),
          new RunnerName("r"),
          new Labels(Map.of("team", "blue")),
          new RunnerSpec(
              Preset.MEDIUM,
              "image:1",
              1500,
              3L << 30,
              IdleTimeout.after(Duration.ofMinutes(5)),
              Datasets.NONE));

  @TempDir Path directory;

  private static V1Pod pod(PodTemplate template) {
    return template.pod("r-1", RUNNER);
  }

  @Test
  void a_pod_has_what_its_runner_is() {
    var container = pod(PodTemplate.load(Optional.empty())).getSpec().getContainers().getFirst();

    assertThat(container.getImage()).isEqualTo("image:1");
    assertThat(container.getArgs()).endsWith("--idle-timeout", "300");
    assertThat(container.getResources().getLimits().get("cpu").toSuffixedString())
        .isEqualTo("1500m");
    assertThat(container.getResources().getLimits().get("memory").getNumber().longValue())
        .isEqualTo(3L << 30);
    assertThat(container.getResources().getRequests().get("cpu").toSuffixedString())
        .isEqualTo("10m");
  }

  @Test
  void what_a_pod_says_of_its_runner_is_read_back() {
    var pod = pod(PodTemplate.load(Optional.empty()));

    assertThat(RunnerAnnotations.parse(pod.getMetadata().getAnnotations())).contains(RUNNER);
    assertThat(RunnerAnnotations.parse(Map.of("gra.dev/spec", "{}"))).isEmpty();
  }

  @Test
  void a_pod_may_do_as_little_as_it_can() {
    var spec = pod(PodTemplate.load(Optional.empty())).getSpec();

    assertThat(spec.getAutomountServiceAccountToken()).isFalse();
    assertThat(spec.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(spec.getContainers().getFirst().getSecurityContext().getCapabilities().getDrop())
        .containsExactly("ALL");
  }

  @Test
  void a_file_laid_over_adds_and_replaces() throws IOException {
    var overlay =
        Files.writeString(
            directory.resolve("pod.yaml"),
            """
            metadata: {labels: {cost: research}}
            spec:
              nodeSelector: {pool: runners}
              containers:
                - name: runner
                  resources: {requests: {cpu: 200m}}
                - {name: side, image: "side:1"}
            """);

    var pod = pod(PodTemplate.load(Optional.of(overlay)));

    assertThat(pod.getMetadata().getLabels())
        .containsEntry("cost", "research")
        .containsEntry(PodNames.MANAGED_BY, PodNames.GRA);
    assertThat(pod.getSpec().getNodeSelector()).containsEntry("pool", "runners");
    assertThat(pod.getSpec().getContainers()).hasSize(2);
    var runner = pod.getSpec().getContainers().getFirst();
    assertThat(runner.getVolumeMounts()).hasSize(4);
    assertThat(runner.getResources().getRequests().get("cpu").toSuffixedString()).isEqualTo("200m");
    assertThat(runner.getResources().getRequests()).containsKey("memory");
  }

  @Test
  void what_is_no_pod_is_refused() throws IOException {
    var overlay = Files.writeString(directory.resolve("pod.yaml"), "- just\n- a list\n");

    assertThatThrownBy(() -> PodTemplate.load(Optional.of(overlay)))
        .isInstanceOf(RunnerException.class)
        .hasMessageContaining("pod template");
  }
}
