package dev.gra.grad.kubernetes;

import dev.gra.grad.runner.Dataset;
import dev.gra.grad.runner.DatasetEnvironment;
import dev.gra.grad.runner.DatasetMount;
import dev.gra.grad.runner.RunnerFailure.Unsupported;
import dev.gra.grad.runner.S3fs;
import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1EmptyDirVolumeSource;
import io.kubernetes.client.openapi.models.V1EnvVar;
import io.kubernetes.client.openapi.models.V1EnvVarSource;
import io.kubernetes.client.openapi.models.V1ExecAction;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodSecurityContext;
import io.kubernetes.client.openapi.models.V1Probe;
import io.kubernetes.client.openapi.models.V1ResourceRequirements;
import io.kubernetes.client.openapi.models.V1SecretKeySelector;
import io.kubernetes.client.openapi.models.V1SecurityContext;
import io.kubernetes.client.openapi.models.V1Volume;
import io.kubernetes.client.openapi.models.V1VolumeMount;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Datasets mounted in a pod: a sidecar with s3fs for each, which begins before the runner and must
 * have mounted by then. It is privileged, for a mount has to be seen in another container; the
 * runner stays as it is.
 */
final class MountPod {
  /** What the names of the sidecars begin with. */
  static final String CONTAINER = "gra-mount-";

  private static final String VOLUME = "gra-datasets";
  private static final String DIRECTORY = "/gra/datasets";
  private static final String MARKS_VOLUME = "gra-mounted";
  private static final String MARKS = "/gra/mounted";
  private static final String INSTEAD = ", or the dataset without a mount, which s3:// reads";

  /** The script itself gives up after less. */
  private static final int START_SECONDS = 60;

  private static final long RUNNER_ID = 1000;

  private MountPod() {}

  /**
   * Adds what the datasets of the runner's pod want mounted, if any does.
   *
   * @param image with s3fs; empty: nothing is mounted here
   * @throws dev.gra.grad.runner.RunnerException Unsupported, if there is no image for it
   */
  static void addTo(V1Pod pod, List<Dataset> mounted, Optional<String> image) {
    if (mounted.isEmpty()) {
      return;
    }
    if (image.isEmpty()) {
      throw new Unsupported(
              "this grad mounts no datasets: it has no --mount-image",
              "the component kustomize/s3-mounts" + INSTEAD)
          .exception();
    }
    for (int i = 0; i < mounted.size(); i++) {
      var sidecar = sidecar(S3fs.of(mounted.get(i)), ids(pod)).image(image.get());
      pod.getSpec().addInitContainersItem(sidecar.name(CONTAINER + i));
    }
    pod.getSpec().addVolumesItem(volume(VOLUME)).addVolumesItem(volume(MARKS_VOLUME));
    runner(pod)
        .addVolumeMountsItem(
            new V1VolumeMount()
                .name(VOLUME)
                .mountPath(DatasetMount.ROOT)
                .readOnly(true)
                .mountPropagation("HostToContainer"));
  }

  private static V1Container runner(V1Pod pod) {
    return pod.getSpec().getContainers().stream()
        .filter(each -> PodNames.CONTAINER.equals(each.getName()))
        .findFirst()
        .orElseThrow();
  }

  private static V1Container sidecar(S3fs s3fs, List<String> ids) {
    var directory = DIRECTORY + "/" + s3fs.mount().relative();
    var name = s3fs.dataset().name();
    var sidecar =
        new V1Container()
            .imagePullPolicy("IfNotPresent")
            .restartPolicy("Always")
            .command(List.of("/bin/bash", "-c", S3fs.SCRIPT, "gra-mount"))
            .args(List.of(name, directory, MARKS + "/" + name, s3fs.source(), s3fs.options(ids)))
            .securityContext(
                new V1SecurityContext()
                    .privileged(true)
                    .allowPrivilegeEscalation(true)
                    .runAsNonRoot(false)
                    .runAsUser(0L)
                    .runAsGroup(0L))
            .startupProbe(
                new V1Probe()
                    .exec(new V1ExecAction().command(List.of("test", "-e", MARKS + "/" + name)))
                    .periodSeconds(1)
                    .timeoutSeconds(5)
                    .failureThreshold(START_SECONDS))
            .resources(
                new V1ResourceRequirements()
                    .requests(Map.of("cpu", new Quantity("10m"), "memory", new Quantity("32Mi")))
                    .limits(Map.of("cpu", new Quantity("1"), "memory", new Quantity("512Mi"))))
            .addVolumeMountsItem(
                new V1VolumeMount()
                    .name(VOLUME)
                    .mountPath(DIRECTORY)
                    .mountPropagation("Bidirectional"))
            .addVolumeMountsItem(new V1VolumeMount().name(MARKS_VOLUME).mountPath(MARKS));
    var secret = s3fs.dataset().secret().orElseThrow();
    sidecar.addEnvItem(fromSecret(secret, DatasetEnvironment.KEY_ID, false));
    sidecar.addEnvItem(fromSecret(secret, DatasetEnvironment.KEY, false));
    return sidecar.addEnvItem(fromSecret(secret, DatasetEnvironment.TOKEN, true));
  }

  private static V1EnvVar fromSecret(String secret, String entry, boolean optional) {
    var selector = new V1SecretKeySelector().name(secret).key(entry).optional(optional);
    return new V1EnvVar().name(entry).valueFrom(new V1EnvVarSource().secretKeyRef(selector));
  }

  /** Whose the files are: the runner's. */
  private static List<String> ids(V1Pod pod) {
    var context =
        Objects.requireNonNullElseGet(
            pod.getSpec().getSecurityContext(), V1PodSecurityContext::new);
    return List.of(
        "allow_other",
        "uid=" + Objects.requireNonNullElse(context.getRunAsUser(), RUNNER_ID),
        "gid=" + Objects.requireNonNullElse(context.getRunAsGroup(), RUNNER_ID));
  }

  private static V1Volume volume(String name) {
    var directory = new V1EmptyDirVolumeSource().sizeLimit(new Quantity("1Mi"));
    return new V1Volume().name(name).emptyDir(directory);
  }

  /** What to do about an admission that refuses the sidecar. */
  static String fix(String namespace) {
    return "kubectl label --overwrite namespace %s pod-security.kubernetes.io/enforce=privileged, as"
            .formatted(namespace)
        + " kustomize/s3-mounts has it"
        + INSTEAD;
  }
}
