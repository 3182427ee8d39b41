package dev.gra.grad.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gra.grad.runner.Dataset;
import dev.gra.grad.runner.Datasets;
import dev.gra.grad.runner.IdleTimeout;
import dev.gra.grad.runner.Labels;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Preset;
import dev.gra.grad.runner.RunnerName;
import dev.gra.grad.runner.RunnerSpec;
import io.kubernetes.client.openapi.models.V1EnvVar;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DatasetPodTest {
  private static final Datasets TRIPS =
      new Datasets(
          List.of(
              new Dataset(
                  "trips",
                  "nyc",
                  "2024",
                  "us-east-1",
                  Optional.of("http://s3:9000"),
                  Optional.of("s3-key"))));
  private static final RunnerAnnotations RUNNER =
      new RunnerAnnotations(
          new Owner("anna"),
          new RunnerName("r"),
          Labels.NONE,
          new RunnerSpec(Preset.SMALL, "image:1", 1500, 3L << 30, IdleTimeout.NEVER, TRIPS));

  @Test
  void a_pod_takes_keys_from_secrets_and_the_rest_from_its_own_annotations() {
    var pod = PodTemplate.load(Optional.empty()).pod("r-1", RUNNER);

    var container = pod.getSpec().getContainers().getFirst();
    var key =
        container.getEnv().stream()
            .filter(each -> each.getName().equals("AWS_SECRET_ACCESS_KEY"))
            .findFirst()
            .orElseThrow();
    assertThat(key.getValue()).isNull();
    assertThat(key.getValueFrom().getSecretKeyRef().getName()).isEqualTo("s3-key");
    assertThat(key.getValueFrom().getSecretKeyRef().getOptional()).isFalse();
    assertThat(container.getEnv()).contains(variable("GRA_DATASET_TRIPS", "s3://nyc/2024"));
    assertThat(container.getEnv()).contains(variable("AWS_CONFIG_FILE", "/run/gra/aws/config"));
    assertThat(pod.getMetadata().getAnnotations().get("gra.dev/aws-config"))
        .startsWith("[profile trips]");
    assertThat(pod.getSpec().getVolumes().getLast().getDownwardAPI().getItems())
        .extracting(item -> item.getFieldRef().getFieldPath())
        .containsExactlyInAnyOrder(
            "metadata.annotations['gra.dev/aws-config']",
            "metadata.annotations['gra.dev/aws-credentials.sh']");
    assertThat(RunnerAnnotations.parse(pod.getMetadata().getAnnotations())).contains(RUNNER);
  }

  private static V1EnvVar variable(String name, String value) {
    return new V1EnvVar().name(name).value(value);
  }

  @Test
  void a_secret_that_is_not_there_is_known_by_the_kubelet_s_words() {
    var missing = "CreateContainerConfigError: secret \"s3-key\" not found";

    assertThat(DatasetPod.lacksSecret(TRIPS, missing)).isTrue();
    assertThat(DatasetPod.lacksSecret(Datasets.NONE, missing)).isFalse();
    assertThat(DatasetPod.lacksSecret(TRIPS, "ErrImagePull: secret")).isFalse();
  }
}
