package dev.gra.client.cluster;

import dev.gra.client.GraException;
import dev.gra.client.TokenTimes;
import dev.gra.client.local.GraHome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A ServiceAccount's token that is good for grad and nothing else, kept in a file until most of its
 * time is over. Its age is told by the file's, so that this machine's clock needn't be right.
 */
final class ClusterToken {
  private static final String AUDIENCE = "gra";
  private static final Duration ASKED = Duration.ofHours(1);

  private final Path file;
  private final ClusterTarget target;
  private final String serviceAccount;
  private final Supplier<Kubectl> kubectl;

  ClusterToken(
      GraHome home, ClusterTarget target, String serviceAccount, Supplier<Kubectl> kubectl) {
    this.target = target;
    this.serviceAccount = ClusterTarget.requireName("serviceaccount", serviceAccount);
    this.kubectl = kubectl;
    this.file = home.clusterTokens().resolve(target.slug() + "-" + serviceAccount);
  }

  /** The file, with a token that has a fifth of its time before it. */
  Path fresh() {
    Optional<Duration> lifetime = lifetime();
    if (lifetime.isPresent() && age().compareTo(lifetime.get().multipliedBy(4).dividedBy(5)) < 0) {
      return file;
    }
    try {
      renew();
    } catch (GraException e) {
      // The cluster may be out of reach for a moment, and the old one still good.
      if (lifetime.isEmpty() || age().compareTo(lifetime.get()) >= 0) {
        throw e;
      }
    }
    return file;
  }

  /** Gets another one now. */
  void renew() {
    String token =
        kubectl
            .get()
            .ask(
                target,
                "create",
                "token",
                serviceAccount,
                "--audience=" + AUDIENCE,
                "--duration=" + ASKED.toSeconds() + "s")
            .strip();
    try {
      GraHome.privateDirectory(file.getParent());
      GraHome.privateFile(file, token + "\n");
    } catch (IOException e) {
      throw GraException.of("GRA_HOME", file + " can't be written: " + e.getMessage(), "df -h", e);
    }
  }

  private Duration age() {
    return Duration.between(Instant.ofEpochMilli(file.toFile().lastModified()), Instant.now());
  }

  /** How long the one in the file was given; empty if there is none that can be read. */
  private Optional<Duration> lifetime() {
    return TokenTimes.of(file).map(TokenTimes::lifetime);
  }
}
