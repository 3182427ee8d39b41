package dev.gra.grad.kubernetes;

import dev.gra.grad.runner.RunnerFailure.Unsupported;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.CoreV1Event;
import io.kubernetes.client.openapi.models.V1DeleteOptions;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1Preconditions;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;

/** The Kubernetes API, as far as grad needs it: the pods of one namespace. */
final class Cluster implements AutoCloseable {
  private static final Path SERVICE_ACCOUNT =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token");
  private static final Duration CALL = Duration.ofSeconds(30);
  private static final int STREAMS = 10_000;

  private final ApiClient calls;
  private final ApiClient streams;
  private final CoreV1Api api;
  private final String namespace;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("kubernetes-", 0).factory());

  private Cluster(ApiClient calls, ApiClient streams, String namespace) {
    this.namespace = namespace;
    this.calls = calls.setHttpClient(builder(calls).readTimeout(CALL).callTimeout(CALL).build());
    this.streams = streams.setHttpClient(builder(streams).readTimeout(Duration.ZERO).build());
    this.api = new CoreV1Api(this.calls);
  }

  /** With a dispatcher of its own: each stream holds one of its calls as long as it lasts. */
  private OkHttpClient.Builder builder(ApiClient client) {
    return client
        .getHttpClient()
        .newBuilder()
        .dispatcher(dispatcher())
        .socketFactory(new PromptSockets());
  }

  private Dispatcher dispatcher() {
    var dispatcher = new Dispatcher(threads);
    dispatcher.setMaxRequests(STREAMS);
    dispatcher.setMaxRequestsPerHost(STREAMS);
    return dispatcher;
  }

  static Cluster open(KubernetesSettings settings) {
    try {
      return new Cluster(
          builder(settings).build(), builder(settings).build(), settings.namespace());
    } catch (IOException | RuntimeException e) {
      throw new Unsupported(
              "no way to a Kubernetes cluster: " + e.getMessage(),
              "--kubeconfig FILE and --kube-context NAME")
          .exception(e);
    }
  }

  private static ClientBuilder builder(KubernetesSettings settings) throws IOException {
    if (settings.kubeconfig().isEmpty() && Files.exists(SERVICE_ACCOUNT)) {
      return ClientBuilder.cluster();
    }
    var file = settings.kubeconfig().orElseGet(Cluster::kubectlsOwn);
    try (var reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      var config = KubeConfig.loadKubeConfig(reader);
      config.setFile(new File(file.toString()));
      var context = settings.context();
      if (context.isPresent() && !config.setContext(context.get())) {
        throw new IOException(file + " has no context " + context.get());
      }
      return ClientBuilder.kubeconfig(config);
    }
  }

  private static Path kubectlsOwn() {
    return Optional.ofNullable(System.getenv("KUBECONFIG"))
        .map(files -> Path.of(files.split(File.pathSeparator, -1)[0]))
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".kube", "config"));
  }

  /** For what lasts: watches and links. */
  ApiClient streams() {
    return streams;
  }

  /** For calls that answer at once. */
  ApiClient calls() {
    return calls;
  }

  String namespace() {
    return namespace;
  }

  ExecutorService threads() {
    return threads;
  }

  /** Throws if the namespace's pods can't be listed. */
  void prove() {
    try {
      var _ = api.listNamespacedPod(namespace).labelSelector(PodNames.SELECTOR).limit(1).execute();
    } catch (ApiException e) {
      throw ClusterFailure.of("pods can't be listed", e);
    }
  }

  /** The pod as the API has it now. */
  Optional<V1Pod> read(String name) {
    try {
      return Optional.of(api.readNamespacedPod(name, namespace).execute());
    } catch (ApiException e) {
      if (e.getCode() == ClusterFailure.NOT_FOUND) {
        return Optional.empty();
      }
      throw ClusterFailure.of("pod " + name + " can't be read", e);
    }
  }

  /** The new pod; empty if there is one of its name. */
  Optional<V1Pod> create(V1Pod pod) {
    try {
      return Optional.of(api.createNamespacedPod(namespace, pod).execute());
    } catch (ApiException e) {
      if (e.getCode() == ClusterFailure.CONFLICT) {
        return Optional.empty();
      }
      if (ClusterFailure.forbidsMounts(e)) {
        var message = "this cluster forbids what mounts datasets: " + ClusterFailure.message(e);
        throw new Unsupported(message, MountPod.fix(namespace)).exception(e);
      }
      throw ClusterFailure.of("the pod can't be made", e);
    }
  }

  /** Begins to delete this very pod; false if it was gone before. */
  boolean delete(String name, String uid, Duration grace) {
    try {
      var _ =
          api.deleteNamespacedPod(name, namespace)
              .body(
                  new V1DeleteOptions()
                      .gracePeriodSeconds(grace.toSeconds())
                      .preconditions(new V1Preconditions().uid(uid)))
              .execute();
      return true;
    } catch (ApiException e) {
      if (e.getCode() == ClusterFailure.NOT_FOUND || e.getCode() == ClusterFailure.CONFLICT) {
        return false;
      }
      throw ClusterFailure.of("pod " + name + " can't be deleted", e);
    }
  }

  /** What Kubernetes has told of a pod, the oldest first. */
  List<CoreV1Event> events(String uid) {
    try {
      var events =
          api.listNamespacedEvent(namespace).fieldSelector("involvedObject.uid=" + uid).execute();
      return events.getItems().stream()
          .sorted(
              Comparator.comparing(
                  CoreV1Event::getLastTimestamp, Comparator.nullsFirst(Comparator.naturalOrder())))
          .toList();
    } catch (ApiException e) {
      throw ClusterFailure.of("events can't be listed", e);
    }
  }

  @Override
  public void close() {
    for (var client : List.of(calls, streams)) {
      var http = client.getHttpClient();
      http.dispatcher().cancelAll();
      http.connectionPool().evictAll();
    }
    threads.shutdownNow();
  }
}
