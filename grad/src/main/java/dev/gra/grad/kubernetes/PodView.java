package dev.gra.grad.kubernetes;

import dev.gra.grad.runner.Runner;
import dev.gra.grad.runner.RunnerState;
import dev.gra.grad.runner.RunnerUid;
import dev.gra.grad.runner.S3fs;
import io.kubernetes.client.openapi.models.V1ContainerState;
import io.kubernetes.client.openapi.models.V1ContainerStateTerminated;
import io.kubernetes.client.openapi.models.V1ContainerStatus;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodCondition;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A Pod, read as a runner. */
record PodView(V1Pod pod, RunnerAnnotations annotations) {
  /** What a container waits for that won't come by itself. */
  private static final Set<String> HOPELESS =
      Set.of(
          "ImagePullBackOff",
          "ErrImageNeverPull",
          "InvalidImageName",
          "CreateContainerConfigError",
          "CreateContainerError",
          "RunContainerError",
          "CrashLoopBackOff");

  /** Empty if it isn't a runner's. */
  static Optional<PodView> of(V1Pod pod) {
    return RunnerAnnotations.parse(pod.getMetadata().getAnnotations())
        .filter(_ -> RunnerUid.valid(pod.getMetadata().getUid()))
        .map(annotations -> new PodView(pod, annotations));
  }

  String podName() {
    return pod.getMetadata().getName();
  }

  RunnerUid uid() {
    return new RunnerUid(pod.getMetadata().getUid());
  }

  boolean terminating() {
    return pod.getMetadata().getDeletionTimestamp() != null;
  }

  Runner runner() {
    return new Runner(
        annotations.owner(),
        annotations.name(),
        uid(),
        annotations.labels(),
        annotations.spec(),
        state(),
        message(),
        pod.getMetadata().getCreationTimestamp().toInstant());
  }

  RunnerState state() {
    if (terminating()) {
      return RunnerState.DELETING;
    }
    return switch (phase()) {
      case "Succeeded" -> RunnerState.FINISHED;
      case "Failed" -> RunnerState.FAILED;
      case "Running" -> running() ? RunnerState.READY : RunnerState.RESTARTING;
      default -> RunnerState.CREATING;
    };
  }

  private String phase() {
    return pod.getStatus() == null
        ? "Pending"
        : Objects.requireNonNullElse(pod.getStatus().getPhase(), "Pending");
  }

  /** Whether its container runs; runnerd in it may still be starting. */
  boolean running() {
    return container()
        .map(V1ContainerStatus::getState)
        .map(V1ContainerState::getRunning)
        .isPresent();
  }

  boolean scheduled() {
    return pod.getSpec() != null && pod.getSpec().getNodeName() != null;
  }

  String node() {
    return String.valueOf(pod.getSpec().getNodeName());
  }

  /** Why no node takes it, if none does. */
  Optional<String> unschedulable() {
    return conditions().stream()
        .filter(condition -> "PodScheduled".equals(condition.getType()))
        .filter(condition -> "Unschedulable".equals(condition.getReason()))
        .map(condition -> String.valueOf(condition.getMessage()))
        .findFirst();
  }

  private List<V1PodCondition> conditions() {
    return pod.getStatus() == null || pod.getStatus().getConditions() == null
        ? List.of()
        : pod.getStatus().getConditions();
  }

  /** Why it won't come up by itself, in Kubernetes' own words. */
  Optional<String> hopeless() {
    if (phase().equals("Failed")) {
      return Optional.of(message());
    }
    return mountless()
        .or(() -> mounts().stream().flatMap(each -> hopeless(each).stream()).findFirst())
        .or(() -> container().flatMap(PodView::hopeless));
  }

  /** What mounts datasets, until the runner has run once: from then on it mends itself. */
  private List<V1ContainerStatus> mounts() {
    var status = pod.getStatus();
    var ran =
        container()
            .map(V1ContainerStatus::getLastState)
            .map(V1ContainerState::getTerminated)
            .isPresent();
    return ran || status == null || status.getInitContainerStatuses() == null
        ? List.of()
        : status.getInitContainerStatuses().stream()
            .filter(each -> each.getName().startsWith(MountPod.CONTAINER))
            .toList();
  }

  /** What s3fs said, if it couldn't mount a dataset. */
  private Optional<String> mountless() {
    return mounts().stream()
        .flatMap(each -> Stream.of(each.getState(), each.getLastState()))
        .filter(Objects::nonNull)
        .map(V1ContainerState::getTerminated)
        .filter(Objects::nonNull)
        .map(end -> String.valueOf(end.getMessage()).strip())
        .filter(words -> S3fs.failure(words).isPresent())
        .findFirst();
  }

  private static Optional<String> hopeless(V1ContainerStatus container) {
    return Optional.of(container)
        .map(V1ContainerStatus::getState)
        .map(V1ContainerState::getWaiting)
        .filter(waiting -> HOPELESS.contains(waiting.getReason()))
        .map(waiting -> reason(waiting.getReason(), waiting.getMessage()) + lastEnd(container));
  }

  private static String lastEnd(V1ContainerStatus container) {
    return Optional.of(container)
        .map(V1ContainerStatus::getLastState)
        .map(V1ContainerState::getTerminated)
        .map(end -> " (it had ended: " + end.getReason() + ", exit code " + end.getExitCode() + ")")
        .orElse("");
  }

  /** The end of the container before the one that runs now, if it was in or after that second. */
  Optional<V1ContainerStateTerminated> lastEnd(Instant since) {
    return container()
        .map(V1ContainerStatus::getLastState)
        .map(V1ContainerState::getTerminated)
        .filter(end -> end.getFinishedAt() != null)
        .filter(
            end ->
                !end.getFinishedAt().toInstant().isBefore(since.truncatedTo(ChronoUnit.SECONDS)));
  }

  /** When it was over, if it is. */
  Optional<Instant> finished() {
    return container()
        .map(V1ContainerStatus::getState)
        .map(V1ContainerState::getTerminated)
        .flatMap(end -> Optional.ofNullable(end.getFinishedAt()))
        .map(java.time.OffsetDateTime::toInstant);
  }

  /** A line about its state, for people; mostly empty. */
  String message() {
    var status = pod.getStatus();
    if (status == null || running() || phase().equals("Succeeded")) {
      return "";
    }
    if (status.getReason() != null) {
      return reason(status.getReason(), status.getMessage());
    }
    return unschedulable()
        .or(
            () ->
                container()
                    .map(V1ContainerStatus::getState)
                    .map(
                        state ->
                            state.getWaiting() != null
                                ? reason(
                                    state.getWaiting().getReason(), state.getWaiting().getMessage())
                                : state.getTerminated() != null
                                    ? reason(
                                        state.getTerminated().getReason(),
                                        "exit code " + state.getTerminated().getExitCode())
                                    : ""))
        .orElse("");
  }

  private static String reason(String reason, String message) {
    var text = message == null || message.isBlank() ? reason : reason + ": " + message;
    return String.valueOf(text).replaceAll("\\s+", " ").strip();
  }

  private Optional<V1ContainerStatus> container() {
    var status = pod.getStatus();
    if (status == null || status.getContainerStatuses() == null) {
      return Optional.empty();
    }
    return status.getContainerStatuses().stream()
        .filter(each -> PodNames.CONTAINER.equals(each.getName()))
        .findFirst();
  }
}
