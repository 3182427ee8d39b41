package dev.gra.grad.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gra.grad.runner.Dataset;
import dev.gra.grad.runner.DatasetMount;
import dev.gra.grad.runner.Datasets;
import dev.gra.grad.runner.IdleTimeout;
import dev.gra.grad.runner.Labels;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Preset;
import dev.gra.grad.runner.RunnerException;
import dev.gra.grad.runner.RunnerFailure.Unsupported;
import dev.gra.grad.runner.RunnerName;
import dev.gra.grad.runner.RunnerSpec;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.models.V1ContainerState;
import io.kubernetes.client.openapi.models.V1ContainerStateTerminated;
import io.kubernetes.client.openapi.models.V1ContainerStatus;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MountPodTest {
  private static final Dataset TRIPS =
      new Dataset(
          "trips",
          "nyc",
          "2024",
          "us-east-1",
          Optional.of("http://s3:9000"),
          Optional.of("s3-key"),
          Optional.of(new DatasetMount("/workspace/dataset/a/trips", false)));
  private static final RunnerAnnotations RUNNER =
      new RunnerAnnotations(
          new Owner("anna"),
          new RunnerName("r"),
          Labels.NONE,
          new RunnerSpec(
              Preset.SMALL,
              "image:1",
              1500,
              3L << 30,
              IdleTimeout.NEVER,
              new Datasets(List.of(TRIPS))));

  private static V1Pod pod() {
    return PodTemplate.load(Optional.empty()).pod("r-1", RUNNER);
  }

  @Test
  void only_what_mounts_is_privileged_and_it_has_the_key_from_the_secret() {
    var pod = pod();
    MountPod.addTo(pod, List.of(TRIPS), Optional.of("mount:1"));

    var sidecar = pod.getSpec().getInitContainers().getFirst();
    assertThat(sidecar.getImage()).isEqualTo("mount:1");
    assertThat(sidecar.getRestartPolicy()).isEqualTo("Always");
    assertThat(sidecar.getSecurityContext().getPrivileged()).isTrue();
    assertThat(sidecar.getArgs()).contains("/gra/datasets/a/trips", "nyc:/2024");
    assertThat(sidecar.getArgs().getLast()).contains("uid=1000", "allow_other", ",ro,");
    assertThat(sidecar.getEnv())
        .allMatch(each -> each.getValueFrom().getSecretKeyRef().getName().equals("s3-key"));
    var runner = pod.getSpec().getContainers().getFirst();
    assertThat(runner.getSecurityContext().getPrivileged()).isNull();
    assertThat(runner.getVolumeMounts().getLast().getMountPropagation())
        .isEqualTo("HostToContainer");
    assertThat(runner.getVolumeMounts().getLast().getReadOnly()).isTrue();
  }

  @Test
  void without_an_image_mounts_are_refused_and_nothing_else_is() {
    MountPod.addTo(pod(), List.of(), Optional.empty());
    var refused =
        catchThrowableOfType(
            RunnerException.class, () -> MountPod.addTo(pod(), List.of(TRIPS), Optional.empty()));

    assertThat(refused.failure()).isInstanceOf(Unsupported.class);
    assertThat(refused.failure().message()).contains("--mount-image");
  }

  @Test
  void an_admission_that_forbids_the_sidecar_is_known_by_its_name() {
    assertThat(ClusterFailure.forbidsMounts(forbidden("gra-mount-0"))).isTrue();
    assertThat(ClusterFailure.forbidsMounts(forbidden("runner"))).isFalse();
  }

  private static ApiException forbidden(String container) {
    return new ApiException(
        403,
        Map.of(),
        "{\"message\": \"violates PodSecurity (container \\\"" + container + "\\\" ...\"}");
  }

  @Test
  void what_s3fs_said_is_why_a_pod_does_not_come_up_until_its_runner_ran_once() {
    var pod = pod();
    pod.getMetadata().setUid("00000000-0000-0000-0000-000000000001");
    var ended =
        new V1ContainerStateTerminated().message("dataset trips can't be mounted: no key\n");
    var runner = new V1ContainerStatus().name("runner");
    pod.setStatus(
        new V1PodStatus()
            .phase("Pending")
            .addInitContainerStatusesItem(
                new V1ContainerStatus()
                    .name("gra-mount-0")
                    .lastState(new V1ContainerState().terminated(ended)))
            .addContainerStatusesItem(runner));

    assertThat(PodView.of(pod).orElseThrow().hopeless())
        .contains("dataset trips can't be mounted: no key");
    runner.setLastState(new V1ContainerState().terminated(new V1ContainerStateTerminated()));
    assertThat(PodView.of(pod).orElseThrow().hopeless()).isEmpty();
  }
}
