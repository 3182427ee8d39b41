package dev.gra.client.cli;

import com.google.protobuf.Duration;
import dev.gra.client.Endpoint;
import dev.gra.client.GraException;
import dev.gra.client.cluster.ClusterEndpoints;
import dev.gra.client.cluster.ClusterTarget;
import dev.gra.client.cluster.Tunnel;
import dev.gra.client.config.Key;
import dev.gra.client.config.Settings;
import java.nio.file.Path;
import java.util.Optional;

/** The cluster that the settings mean, and the ways there. */
public final class ClusterAccess {
  /** The value of {@link Key#SERVER} that means a cluster. */
  public static final String SERVER = "cluster";

  static final String NAMESPACE = "gra";
  static final String SERVICE_ACCOUNT = "gra-user";
  private static final String IDLE = "30m";

  private final Session session;
  private final Settings settings;

  /** For one run. */
  public ClusterAccess(Session session) {
    this.session = session;
    this.settings = session.settings();
  }

  /** Where grad is, as set. */
  ClusterTarget target() {
    return target(null, null);
  }

  /** The same; what isn't null goes before what is set. */
  private ClusterTarget target(String context, String namespace) {
    String of =
        Optional.ofNullable(context)
            .or(() -> settings.value(Key.CONTEXT))
            .orElseThrow(
                () ->
                    GraException.of(
                        "NO_CLUSTER", "no cluster is set up", "gractl config use-cluster"));
    String in =
        Optional.ofNullable(namespace).or(() -> settings.value(Key.NAMESPACE)).orElse(NAMESPACE);
    return new ClusterTarget(kubeconfig(), of, in);
  }

  /** kubectl's own rule, unless it is set: what was set up in one shell holds in the others. */
  String kubeconfig() {
    return settings
        .value(Key.KUBECONFIG)
        .orElseGet(
            () -> {
              String variable = session.environment().getOrDefault("KUBECONFIG", "");
              String home = session.environment().getOrDefault("HOME", "");
              return variable.isBlank() ? Path.of(home, ".kube", "config").toString() : variable;
            });
  }

  /** The tunnel there. */
  Tunnel tunnel() {
    return tunnel(null, null);
  }

  /** The tunnel to what is set, or to what is named. */
  public Tunnel tunnel(String context, String namespace) {
    ClusterTarget target = target(context, namespace);
    return new Tunnel(session.home(), session.environment(), target, session.messages()::say);
  }

  /** How long a tunnel stays unused; negative for good. */
  public java.time.Duration idle(String given) {
    String text = given != null ? given : settings.value(Key.TUNNEL_IDLE).orElse(IDLE);
    Duration idle = Durations.parse(Key.TUNNEL_IDLE.text(), text);
    return java.time.Duration.ofSeconds(idle.getSeconds(), idle.getNanos());
  }

  /** Whether it is by a tunnel. */
  boolean byTunnel() {
    return settings.value(Key.CLUSTER_ADDRESS).isEmpty();
  }

  /** Where grad is now, the tunnel opened and the token renewed if need be. */
  ClusterEndpoints endpoints() {
    return endpoints(
        new ClusterEndpoints.Way(
            target(),
            settings.value(Key.SERVICE_ACCOUNT).orElse(SERVICE_ACCOUNT),
            settings.value(Key.TOKEN_FILE).map(session::path),
            settings.value(Key.CA_FILE).map(session::path),
            settings.value(Key.SERVER_NAME),
            settings.value(Key.CLUSTER_ADDRESS).map(this::address),
            idle(null)));
  }

  ClusterEndpoints endpoints(ClusterEndpoints.Way way) {
    return new ClusterEndpoints(
        way, session.home(), session.environment(), session.messages()::say);
  }

  Endpoint address(String text) {
    return Endpoint.parse(text, settings.isTrue(Key.INSECURE), Optional.empty(), Optional.empty());
  }
}
