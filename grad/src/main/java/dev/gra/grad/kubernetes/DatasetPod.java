package dev.gra.grad.kubernetes;

import dev.gra.grad.runner.DatasetEnvironment;
import dev.gra.grad.runner.Datasets;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1DownwardAPIVolumeFile;
import io.kubernetes.client.openapi.models.V1DownwardAPIVolumeSource;
import io.kubernetes.client.openapi.models.V1EnvVar;
import io.kubernetes.client.openapi.models.V1EnvVarSource;
import io.kubernetes.client.openapi.models.V1ObjectFieldSelector;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1SecretKeySelector;
import io.kubernetes.client.openapi.models.V1Volume;
import io.kubernetes.client.openapi.models.V1VolumeMount;
import java.util.Locale;

/**
 * A pod's datasets. grad never sees a secret: the kubelet takes them from Secrets of the namespace.
 * The files are the pod's own annotations, so that no right to make a ConfigMap is needed.
 */
final class DatasetPod {
  private static final String DIRECTORY = "/run/gra/aws";
  private static final String VOLUME = "gra-aws";
  private static final String ANNOTATION = "gra.dev/aws-";

  private DatasetPod() {}

  static void addTo(V1Pod pod, V1Container container, Datasets datasets) {
    if (datasets.isEmpty()) {
      return;
    }
    var environment = new DatasetEnvironment(datasets, DIRECTORY);
    environment
        .variables()
        .forEach((name, value) -> container.addEnvItem(new V1EnvVar().name(name).value(value)));
    environment.secrets().forEach(wanted -> container.addEnvItem(fromSecret(wanted)));
    var files = new V1DownwardAPIVolumeSource();
    environment
        .files()
        .forEach(
            (name, text) -> {
              pod.getMetadata().putAnnotationsItem(ANNOTATION + name, text);
              files.addItemsItem(file(name));
            });
    pod.getSpec().addVolumesItem(new V1Volume().name(VOLUME).downwardAPI(files));
    container.addVolumeMountsItem(
        new V1VolumeMount().name(VOLUME).mountPath(DIRECTORY).readOnly(true));
  }

  /**
   * Whether it is for want of a dataset's secret, or of its entry, that the pod doesn't come up.
   */
  static boolean lacksSecret(Datasets datasets, String why) {
    return !datasets.isEmpty()
        && why.startsWith("CreateContainerConfigError")
        && why.toLowerCase(Locale.ROOT).contains("secret");
  }

  static String fix(String namespace) {
    return "kubectl -n %s create secret generic NAME --from-env-file=FILE, with lines %s=... and %s=..."
        .formatted(namespace, DatasetEnvironment.KEY_ID, DatasetEnvironment.KEY);
  }

  private static V1EnvVar fromSecret(DatasetEnvironment.FromSecret wanted) {
    var entry =
        new V1SecretKeySelector()
            .name(wanted.secret())
            .key(wanted.entry())
            .optional(!wanted.required());
    return new V1EnvVar()
        .name(wanted.variable())
        .valueFrom(new V1EnvVarSource().secretKeyRef(entry));
  }

  private static V1DownwardAPIVolumeFile file(String name) {
    var annotation =
        new V1ObjectFieldSelector().fieldPath("metadata.annotations['" + ANNOTATION + name + "']");
    return new V1DownwardAPIVolumeFile().path(name).fieldRef(annotation);
  }
}
