package dev.gra.client.cluster;

import dev.gra.client.Endpoint;
import dev.gra.client.EndpointSource;
import dev.gra.client.GraException;
import dev.gra.client.local.GraHome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where the grad of a cluster is: behind a tunnel, which is opened when needed, or at an address.
 * Over a tunnel it is always TLS: the port is this machine's, what is behind it is not.
 */
public final class ClusterEndpoints implements EndpointSource {
  /**
   * What there is to know of the way.
   *
   * @param target where in which cluster
   * @param serviceAccount whose token is asked for
   * @param tokenFile the token instead, if its user gets it in another way
   * @param caFile whom to trust instead of the JDK's authorities
   * @param serverName that the certificate must be for; empty means the Service's
   * @param address where grad is without a tunnel
   * @param idle how long a tunnel stays; negative means for good
   */
  public record Way(
      ClusterTarget target,
      String serviceAccount,
      Optional<Path> tokenFile,
      Optional<Path> caFile,
      Optional<String> serverName,
      Optional<Endpoint> address,
      Duration idle) {
    public Way {
      Objects.requireNonNull(target);
      Objects.requireNonNull(serviceAccount);
      Objects.requireNonNull(idle);
    }
  }

  private final Way way;
  private final Tunnel tunnel;
  private final ClusterToken token;

  /** For a way. */
  public ClusterEndpoints(
      Way way, GraHome home, Map<String, String> environment, Consumer<String> say) {
    this.way = way;
    this.tunnel = new Tunnel(home, environment, way.target(), say);
    this.token =
        new ClusterToken(home, way.target(), way.serviceAccount(), () -> Kubectl.find(environment));
  }

  @Override
  public Endpoint endpoint() {
    Optional<Endpoint> address = way.address();
    Endpoint where =
        address.isPresent()
            ? address.get()
            : new Endpoint("127.0.0.1", port(), true, empty(), empty());
    Path tokenFile = way.tokenFile().orElseGet(token::fresh);
    return new Endpoint(
        where.host(),
        where.port(),
        where.tls(),
        way.caFile(),
        Optional.of(tokenFile),
        address.isPresent() ? way.serverName() : Optional.of(serverName()));
  }

  private static Optional<Path> empty() {
    return Optional.empty();
  }

  private int port() {
    return tunnel.running().orElseGet(() -> tunnel.start(way.idle())).port();
  }

  private String serverName() {
    return way.serverName().orElse("grad." + way.target().namespace() + ".svc");
  }

  @Override
  public boolean renewToken() {
    if (way.tokenFile().isPresent()) {
      return false;
    }
    token.renew();
    return true;
  }

  @Override
  public GraException unreachable(Endpoint tried, GraException why) {
    String trouble =
        way.address().isPresent() ? "" : tunnel.running().map(TunnelFile::trouble).orElse("");
    return trouble.isEmpty()
        ? EndpointSource.super.unreachable(tried, why)
        : KubectlFailure.explain(KubectlFailure.raw(trouble), way.target());
  }
}
