package dev.gra.grad.kubernetes;

import dev.gra.grad.runner.RunnerFailure.Unavailable;
import dev.gra.grad.runner.RunnerUid;
import io.kubernetes.client.informer.ResourceEventHandler;
import io.kubernetes.client.informer.SharedIndexInformer;
import io.kubernetes.client.informer.SharedInformerFactory;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodList;
import io.kubernetes.client.util.CallGeneratorParams;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The runners' pods as last seen by one watch of the namespace: what is asked costs no call, and
 * who waits for a change is woken by it. While the API can't be reached it says what was.
 */
final class PodStore implements AutoCloseable {
  /** What isn't a change of a pod, such as the informer's being ready, is looked at so often. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** More than the deletions that go by while one call is answered. */
  private static final int GONE_KNOWN = 1000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, PodView> pods = new HashMap<>();
  private final Set<RunnerUid> gone = Collections.newSetFromMap(new LastOnes());
  private long changes;
  private boolean closed;
  private Runnable stopWatching = () -> {};

  /** Watches; returns when all pods that there are have been seen. */
  static PodStore open(Cluster cluster, Duration patience) {
    var informers = new SharedInformerFactory(cluster.streams(), cluster.threads(), true);
    var store = new PodStore();
    store.stopWatching = () -> informers.stopAllRegisteredInformers(false);
    var api = new CoreV1Api(cluster.streams());
    SharedIndexInformer<V1Pod> informer =
        informers.sharedIndexInformerFor(
            (CallGeneratorParams params) ->
                api.listNamespacedPod(cluster.namespace())
                    .labelSelector(PodNames.SELECTOR)
                    .resourceVersion(params.resourceVersion)
                    .timeoutSeconds(params.timeoutSeconds)
                    .watch(params.watch)
                    .buildCall(null),
            V1Pod.class,
            V1PodList.class);
    informer.addEventHandler(store.new Handler());
    informers.startAllRegisteredInformers();
    store.awaitSynced(informer, patience);
    return store;
  }

  private void awaitSynced(SharedIndexInformer<V1Pod> informer, Duration patience) {
    try {
      var _ = await(patience, _ -> informer.hasSynced() ? Optional.of(true) : Optional.empty());
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The pod of that name, as last seen. */
  Optional<PodView> find(String podName) {
    lock.lock();
    try {
      return Optional.ofNullable(pods.get(podName));
    } finally {
      lock.unlock();
    }
  }

  /** All pods, as last seen. */
  List<PodView> all() {
    lock.lock();
    try {
      return List.copyOf(pods.values());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes in what a call of ours answered, ahead of the watch. A late answer may come after the
   * watch told of the pod's end, and nothing would tell of it again.
   */
  void saw(PodView pod) {
    lock.lock();
    try {
      if (!gone.contains(pod.uid())) {
        var _ = pods.putIfAbsent(pod.podName(), pod);
      }
      change();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until {@code answer} has one; it is asked after each change, and now and then.
   *
   * @throws dev.gra.grad.runner.RunnerException Unavailable, if the time is over, the store is
   *     closed or the thread is interrupted
   */
  <T> T await(Duration patience, Function<PodStore, Optional<T>> answer) {
    var deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      var before = changes();
      var found = answer.apply(this);
      if (found.isPresent()) {
        return found.get();
      }
      var left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new Unavailable("nothing changed for too long").exception();
      }
      awaitChange(before, Math.min(left, LOOK_NANOS));
    }
  }

  private long changes() {
    lock.lock();
    try {
      return changes;
    } finally {
      lock.unlock();
    }
  }

  private void awaitChange(long before, long nanos) {
    var left = nanos;
    lock.lock();
    try {
      while (changes == before && left > 0) {
        requireOpen();
        left = changed.awaitNanos(left);
      }
      requireOpen();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted").exception(e);
    } finally {
      lock.unlock();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new Unavailable("grad is closing").exception();
    }
  }

  /** Called under the lock. */
  private void change() {
    changes++;
    changed.signalAll();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      change();
    } finally {
      lock.unlock();
    }
    stopWatching.run();
  }

  /** A pod is there, or is otherwise than before. */
  void put(V1Pod pod) {
    lock.lock();
    try {
      PodView.of(pod).ifPresent(view -> pods.put(view.podName(), view));
      change();
    } finally {
      lock.unlock();
    }
  }

  /** This very pod is no more, as the watch or a call told. */
  void gone(String podName, RunnerUid uid) {
    lock.lock();
    try {
      gone.add(uid);
      pods.computeIfPresent(podName, (_, seen) -> seen.uid().equals(uid) ? null : seen);
      change();
    } finally {
      lock.unlock();
    }
  }

  private final class Handler implements ResourceEventHandler<V1Pod> {
    @Override
    public void onAdd(V1Pod pod) {
      put(pod);
    }

    @Override
    public void onUpdate(V1Pod before, V1Pod pod) {
      put(pod);
    }

    @Override
    public void onDelete(V1Pod pod, boolean unknown) {
      gone(pod.getMetadata().getName(), new RunnerUid(pod.getMetadata().getUid()));
    }
  }

  /** The last ones that were put in. */
  private static final class LastOnes extends LinkedHashMap<RunnerUid, Boolean> {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<RunnerUid, Boolean> eldest) {
      return size() > GONE_KNOWN;
    }
  }
}
