package dev.gra.client.cli;

import dev.gra.client.Endpoint;
import dev.gra.client.GraException;
import dev.gra.client.TokenFile;
import dev.gra.client.cluster.ClusterAuthority;
import dev.gra.client.cluster.ClusterTarget;
import dev.gra.client.cluster.Kubectl;
import dev.gra.client.cluster.TunnelFile;
import dev.gra.client.config.Key;
import java.util.List;
import java.util.function.Supplier;

/** Looks at the way to a cluster's grad, step by step, up to the first that fails. */
final class ClusterDoctor {
  private final Session session;
  private final ClusterAccess access;
  private final List<Doctor.Finding> findings;

  ClusterDoctor(Session session, List<Doctor.Finding> findings) {
    this.session = session;
    this.access = new ClusterAccess(session);
    this.findings = findings;
  }

  /** Whether all is well up to a call to grad itself. */
  boolean examine() {
    boolean kubectls = access.byTunnel() || session.settings().value(Key.TOKEN_FILE).isEmpty();
    boolean found =
        !kubectls || (well("kubectl", () -> kubectl().version()) && well("cluster", this::service));
    return found
        && (!access.byTunnel() || well("tunnel", this::tunnel))
        && well("token", this::token);
  }

  private boolean well(String name, Supplier<String> look) {
    try {
      findings.add(new Doctor.Finding(name, true, look.get(), ""));
      return true;
    } catch (GraException e) {
      String fix = e.hint().orElse("gractl config use-cluster");
      findings.add(new Doctor.Finding(name, false, e.getMessage(), fix));
      return false;
    }
  }

  private Kubectl kubectl() {
    return Kubectl.find(session.environment());
  }

  private String service() {
    ClusterTarget target = access.target();
    if (access.byTunnel()) {
      new ClusterAuthority(kubectl(), target).requireService();
    }
    return target.toString();
  }

  private String tunnel() {
    boolean ran = access.tunnel().running().isPresent();
    TunnelFile tunnel = access.tunnel().start(access.idle(null));
    return "127.0.0.1:" + tunnel.port() + (ran ? "" : ", opened just now");
  }

  private String token() {
    Endpoint endpoint = session.endpoints().endpoint();
    TokenFile.read(endpoint.tokenFile().orElseThrow());
    return endpoint.tokenFile().get().toString();
  }
}
