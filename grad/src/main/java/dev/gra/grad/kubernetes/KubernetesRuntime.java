package dev.gra.grad.kubernetes;

import dev.gra.grad.runner.Capabilities;
import dev.gra.grad.runner.CreationStage;
import dev.gra.grad.runner.EnsureRequest;
import dev.gra.grad.runner.Ensured;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Runner;
import dev.gra.grad.runner.RunnerException;
import dev.gra.grad.runner.RunnerFailure.Exists;
import dev.gra.grad.runner.RunnerFailure.Gone;
import dev.gra.grad.runner.RunnerFailure.NotFound;
import dev.gra.grad.runner.RunnerFailure.SpecConflict;
import dev.gra.grad.runner.RunnerFailure.UidMismatch;
import dev.gra.grad.runner.RunnerFailure.Unavailable;
import dev.gra.grad.runner.RunnerFailure.Unsupported;
import dev.gra.grad.runner.RunnerName;
import dev.gra.grad.runner.RunnerRuntime;
import dev.gra.grad.runner.RunnerUid;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Runners as bare Pods of one namespace. It stores nothing: any number of grads may do the same.
 */
public final class KubernetesRuntime implements RunnerRuntime {
  private static final Duration SYNC_PATIENCE = Duration.ofSeconds(30);
  private static final Duration CONNECT_PATIENCE = Duration.ofMinutes(2);
  private static final Duration DELETE_PATIENCE = Duration.ofMinutes(2);
  private static final Duration LAST_END_PATIENCE = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofMillis(100);
  private static final String OOM_KILLED = "OOMKilled";
  private static final System.Logger LOG = System.getLogger(KubernetesRuntime.class.getName());

  /** For runnerd to end its commands and say so. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final KubernetesSettings settings;
  private final Cluster cluster;
  private final PodTemplate template;
  private final PodStore pods;
  private final Sweeper sweeper;
  private final AtomicBoolean closed = new AtomicBoolean();

  private KubernetesRuntime(
      KubernetesSettings settings, Cluster cluster, PodTemplate template, PodStore pods) {
    this.settings = settings;
    this.cluster = cluster;
    this.template = template;
    this.pods = pods;
    this.sweeper = new Sweeper(cluster, pods);
  }

  /**
   * Connects to the cluster, and sees the runners that are there.
   *
   * @throws RunnerException Unsupported or Unavailable, if the namespace's pods can't be listed
   */
  public static KubernetesRuntime open(KubernetesSettings settings) {
    var template = PodTemplate.load(settings.template());
    var cluster = Cluster.open(settings);
    try {
      cluster.prove();
      var pods = PodStore.open(cluster, SYNC_PATIENCE);
      return new KubernetesRuntime(settings, cluster, template, pods);
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  @Override
  public Ensured ensure(Owner owner, EnsureRequest request, Consumer<CreationStage> stages) {
    requireOpen();
    var podName = PodNames.of(owner, request.name());
    while (true) {
      var found = find(podName);
      if (found.isEmpty()) {
        var made = create(podName, owner, request);
        if (made.isPresent()) {
          return new Ensured(ready(made.get(), stages), true);
        }
        requireOurs(podName);
      } else if (found.get().terminating()) {
        awaitGone(found.get());
      } else if (!found.get().state().live()) {
        delete(found.get(), Duration.ZERO);
      } else {
        requireAgreement(found.get().runner(), request);
        return new Ensured(ready(found.get(), stages), false);
      }
    }
  }

  /** As last seen, or as the API has it: absence counts only from there. */
  private Optional<PodView> find(String podName) {
    return pods.find(podName)
        .or(
            () -> {
              var read = cluster.read(podName).flatMap(PodView::of);
              read.ifPresent(pods::saw);
              return read;
            });
  }

  private Optional<PodView> create(String podName, Owner owner, EnsureRequest request) {
    var annotations =
        new RunnerAnnotations(
            owner, request.name(), request.labels(), request.spec().resolve(settings.defaults()));
    var pod = template.pod(podName, annotations);
    MountPod.addTo(pod, annotations.spec().datasets().mounted(), settings.mountImage());
    var made = cluster.create(pod).flatMap(PodView::of);
    made.ifPresent(pods::saw);
    return made;
  }

  private void requireOurs(String podName) {
    if (cluster.read(podName).filter(pod -> PodView.of(pod).isEmpty()).isPresent()) {
      throw new Unsupported(
              "pod " + podName + " is in the way: it is no runner that this gra knows",
              "kubectl delete pod " + podName + " -n " + settings.namespace())
          .exception();
    }
  }

  private Runner ready(PodView pod, Consumer<CreationStage> stages) {
    stages.accept(new CreationStage(CreationStage.ACCEPTED, pod.podName(), Instant.now()));
    try {
      return new Arrival(cluster, pods, pod, stages)
          .await(settings.startPatience(), settings.roomPatience());
    } catch (Arrival.Failed e) {
      delete(pod, Duration.ZERO);
      throw e.failure().exception(e);
    }
  }

  private static void requireAgreement(Runner runner, EnsureRequest request) {
    if (request.mustBeNew()) {
      throw new Exists(runner.name()).exception();
    }
    request
        .spec()
        .conflictWith(runner.spec())
        .ifPresent(
            field -> {
              throw new SpecConflict(runner.name(), field).exception();
            });
  }

  @Override
  public Runner get(Owner owner, RunnerName name) {
    return found(owner, name).runner();
  }

  private PodView found(Owner owner, RunnerName name) {
    requireOpen();
    return find(PodNames.of(owner, name)).orElseThrow(() -> new NotFound(name).exception());
  }

  @Override
  public List<Runner> listAll() {
    requireOpen();
    return pods.all().stream().map(PodView::runner).toList();
  }

  @Override
  public List<Runner> list(Owner owner) {
    return listAll().stream()
        .filter(runner -> runner.owner().equals(owner))
        .sorted(Comparator.comparing(Runner::name))
        .toList();
  }

  @Override
  public void delete(Owner owner, RunnerName name, Optional<RunnerUid> uid) {
    var pod = found(owner, name);
    uid.filter(wanted -> !wanted.equals(pod.uid()))
        .ifPresent(
            wanted -> {
              throw new UidMismatch(name, wanted, pod.uid()).exception();
            });
    delete(pod, GRACE);
  }

  private void delete(PodView pod, Duration grace) {
    if (cluster.delete(pod.podName(), pod.uid().value(), grace)) {
      awaitGone(pod);
    } else {
      pods.gone(pod.podName(), pod.uid());
    }
  }

  private void awaitGone(PodView pod) {
    var _ =
        pods.await(
            DELETE_PATIENCE,
            now ->
                now.find(pod.podName()).filter(seen -> seen.uid().equals(pod.uid())).isPresent()
                    ? Optional.empty()
                    : Optional.of(true));
  }

  @Override
  public ByteChannel connect(Runner runner) {
    var podName = PodNames.of(runner.owner(), runner.name());
    var deadline = System.nanoTime() + CONNECT_PATIENCE.toNanos();
    while (true) {
      requireOpen();
      awaitRunning(runner, podName, Duration.ofNanos(deadline - System.nanoTime()));
      try {
        return Bridge.open(cluster, podName);
      } catch (ExecRefused e) {
        requireAnotherTry(runner, e, deadline);
        // Its container was just ending or beginning, which the store is about to see.
        pause();
      }
    }
  }

  private void awaitRunning(Runner runner, String podName, Duration patience) {
    var _ =
        pods.await(
            patience,
            _ -> {
              var pod = find(podName);
              if (pod.isEmpty()) {
                throw gone(runner, "deleted");
              }
              if (!pod.get().uid().equals(runner.uid())) {
                throw gone(runner, "replaced by another one");
              }
              if (!pod.get().state().live()) {
                var message = pod.get().message();
                throw gone(runner, pod.get().terminating() ? "deleted" : ended(pod.get(), message));
              }
              return pod.get().running() ? Optional.of(true) : Optional.empty();
            });
  }

  private static String ended(PodView pod, String message) {
    return message.isEmpty() ? pod.state().name().toLowerCase(java.util.Locale.ROOT) : message;
  }

  private static void requireAnotherTry(Runner runner, ExecRefused e, long deadline) {
    if (e.code() == ClusterFailure.FORBIDDEN || e.code() == 401) {
      throw new Unsupported(
              e.getMessage(), "kubectl apply -k kustomize/base, which has grad's Role")
          .exception(e);
    }
    if (System.nanoTime() - deadline > 0) {
      throw new Unavailable("runner " + runner.name() + " can't be reached: " + e.getMessage())
          .exception(e);
    }
  }

  private void pause() {
    var end = System.nanoTime() + RETRY.toNanos();
    var _ =
        pods.await(
            RETRY.multipliedBy(2),
            _ -> System.nanoTime() - end >= 0 ? Optional.of(true) : Optional.empty());
  }

  /** The API tells of a container's end up to a second or two after the next one has begun. */
  @Override
  public boolean ranOutOfMemory(Runner runner, Instant since) {
    var podName = PodNames.of(runner.owner(), runner.name());
    try {
      return pods.await(
          LAST_END_PATIENCE,
          now -> {
            var pod = now.find(podName).filter(seen -> seen.uid().equals(runner.uid()));
            return pod.isEmpty()
                ? Optional.of(false)
                : pod.get().lastEnd(since).map(end -> OOM_KILLED.equals(end.getReason()));
          });
    } catch (RunnerException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "how the container of runner " + runner.name() + " ended isn't known: " + e.getMessage());
      return false;
    }
  }

  private static RunnerException gone(Runner runner, String why) {
    return new Gone(runner.name(), runner.uid(), why).exception();
  }

  /** Who a token stands for, as this cluster says. */
  public TokenReviewer tokenReviewer() {
    return TokenReviewer.of(cluster);
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities("kubernetes", "pod", true, true, true, true);
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new Unavailable("grad is closing").exception();
    }
  }

  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    sweeper.close();
    pods.close();
    cluster.close();
  }
}
