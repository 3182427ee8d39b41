package dev.gra.grad.kubernetes;

import dev.gra.grad.runner.CreationStage;
import dev.gra.grad.runner.Runner;
import dev.gra.grad.runner.RunnerException;
import dev.gra.grad.runner.RunnerFailure;
import dev.gra.grad.runner.RunnerFailure.NoRoom;
import dev.gra.grad.runner.RunnerFailure.StartFailed;
import dev.gra.grad.runner.RunnerFailure.Unavailable;
import dev.gra.grad.runner.RunnerFailure.Unsupported;
import dev.gra.grad.runner.S3fs;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A runner on its way from its making to ready, told as it goes. */
final class Arrival {
  /** It won't come up. */
  static final class Failed extends Exception {
    private static final long serialVersionUID = 1;

    private final transient RunnerFailure failure;

    Failed(RunnerFailure failure, Throwable cause) {
      super(failure.message(), cause);
      this.failure = failure;
    }

    RunnerFailure failure() {
      return failure;
    }
  }

  /** Kubernetes tells only in events that an image is being pulled: they are asked for so often. */
  private static final long EVENTS_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Cluster cluster;
  private final PodStore pods;
  private final PodView made;
  private final Consumer<CreationStage> stages;
  private final Set<String> told = new LinkedHashSet<>();
  private long roomUntil;
  private long eventsAt = System.nanoTime() + EVENTS_NANOS;

  Arrival(Cluster cluster, PodStore pods, PodView made, Consumer<CreationStage> stages) {
    this.cluster = cluster;
    this.pods = pods;
    this.made = made;
    this.stages = stages;
  }

  /** Returns when it takes execs. */
  Runner await(Duration patience, Duration roomPatience) throws Failed {
    var deadline = System.nanoTime() + patience.toNanos();
    roomUntil = System.nanoTime() + roomPatience.toNanos();
    while (true) {
      var pod = running(Duration.ofNanos(deadline - System.nanoTime()));
      tell(CreationStage.STARTED, "");
      try (var channel = Bridge.open(cluster, pod.podName())) {
        if (channel.isOpen()) {
          tell(CreationStage.READY, "");
          return pod.runner();
        }
      } catch (java.io.IOException e) {
        if (System.nanoTime() - deadline > 0) {
          throw new Failed(
              new StartFailed(made.annotations().name(), "runnerd: " + e.getMessage()), e);
        }
      }
    }
  }

  private PodView running(Duration patience) throws Failed {
    try {
      var outcome = pods.await(patience, _ -> outcome());
      if (outcome.failure().isPresent()) {
        throw new Failed(outcome.failure().get(), null);
      }
      return outcome.pod();
    } catch (RunnerException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      throw new Failed(tooLate(e), e);
    }
  }

  private RunnerFailure tooLate(RunnerException e) {
    var message = pods.find(made.podName()).map(PodView::message).orElse("");
    return new StartFailed(made.annotations().name(), message.isEmpty() ? e.getMessage() : message);
  }

  private record Outcome(PodView pod, Optional<RunnerFailure> failure) {}

  private Optional<Outcome> outcome() {
    var seen = pods.find(made.podName()).filter(pod -> pod.uid().equals(made.uid()));
    if (seen.isEmpty() || seen.get().terminating()) {
      return Optional.of(failed(made, deleted()));
    }
    var pod = seen.get();
    if (pod.scheduled()) {
      tell(CreationStage.SCHEDULED, pod.node());
    }
    if (pod.running()) {
      return Optional.of(new Outcome(pod, Optional.empty()));
    }
    if (pod.unschedulable().isPresent()) {
      return withoutRoom(pod, pod.unschedulable().get());
    }
    tellPulling(pod);
    return pod.hopeless().map(why -> failed(pod, hopeless(why)));
  }

  private RunnerFailure hopeless(String why) {
    return S3fs.failure(why).orElseGet(() -> otherwiseHopeless(why));
  }

  private RunnerFailure otherwiseHopeless(String why) {
    var failure = new StartFailed(made.annotations().name(), why);
    return DatasetPod.lacksSecret(made.annotations().spec().datasets(), why)
        ? new Unsupported(failure.message(), DatasetPod.fix(cluster.namespace()))
        : failure;
  }

  private Optional<Outcome> withoutRoom(PodView pod, String why) {
    tell(CreationStage.WAITING, why);
    return System.nanoTime() - roomUntil > 0
        ? Optional.of(failed(pod, new NoRoom("nodes", why)))
        : Optional.empty();
  }

  private RunnerFailure deleted() {
    return new Unavailable(
        "runner " + made.annotations().name() + " was deleted while it was made");
  }

  private static Outcome failed(PodView pod, RunnerFailure why) {
    return new Outcome(pod, Optional.of(why));
  }

  private void tellPulling(PodView pod) {
    if (!pod.scheduled()
        || told.contains(CreationStage.PULLING)
        || System.nanoTime() - eventsAt < 0) {
      return;
    }
    eventsAt = System.nanoTime() + EVENTS_NANOS;
    cluster.events(pod.uid().value()).stream()
        .filter(event -> "Pulling".equals(event.getReason()))
        .findFirst()
        .ifPresent(event -> tell(CreationStage.PULLING, String.valueOf(event.getMessage())));
  }

  private void tell(String stage, String message) {
    if (told.add(stage)) {
      stages.accept(new CreationStage(stage, message, Instant.now()));
    }
  }
}
