package dev.gra.grad.kubernetes;

import dev.gra.grad.runner.SpecDefaults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Where runners are made, and how.
 *
 * @param kubeconfig how to reach the cluster; empty: the service account of the pod that grad is
 *     in, else what kubectl would take
 * @param context of the kubeconfig; empty: its current one
 * @param namespace where the pods are
 * @param template a file laid over the pod template that comes with grad
 * @param mountImage what mounts datasets, beside the runner and privileged; empty: none are mounted
 * @param defaults what a runner has if nothing else is asked for; its image must not be empty
 * @param startPatience how long a runner may take to be ready
 * @param roomPatience how long of that it may wait for a node with room
 */
public record KubernetesSettings(
    Optional<Path> kubeconfig,
    Optional<String> context,
    String namespace,
    Optional<Path> template,
    Optional<String> mountImage,
    SpecDefaults defaults,
    Duration startPatience,
    Duration roomPatience) {
  public KubernetesSettings {
    Objects.requireNonNull(kubeconfig);
    Objects.requireNonNull(context);
    Objects.requireNonNull(template);
    Objects.requireNonNull(mountImage);
    Objects.requireNonNull(startPatience);
    Objects.requireNonNull(roomPatience);
    if (namespace.isBlank() || defaults.image().isEmpty()) {
      throw new IllegalArgumentException("a namespace and an image are required");
    }
  }
}
