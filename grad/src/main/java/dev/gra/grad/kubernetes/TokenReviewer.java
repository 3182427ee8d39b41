package dev.gra.grad.kubernetes;

import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Subject;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.AuthenticationV1Api;
import io.kubernetes.client.openapi.models.V1TokenReview;
import io.kubernetes.client.openapi.models.V1TokenReviewSpec;
import io.kubernetes.client.openapi.models.V1TokenReviewStatus;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Who a bearer token stands for, as the cluster says. An answer holds for a minute; the tokens
 * themselves are not kept.
 */
public final class TokenReviewer implements Function<String, Optional<Subject>> {
  private static final String AUDIENCE = "gra";
  private static final long KEPT_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int MOST = 10_000;

  private record Answer(Optional<Subject> subject, long until) {}

  private final Function<String, Optional<Subject>> review;
  private final LongSupplier nanoTime;

  private final Map<String, Answer> answers =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Answer> eldest) {
          return size() > MOST;
        }
      };

  TokenReviewer(Function<String, Optional<Subject>> review, LongSupplier nanoTime) {
    this.review = review;
    this.nanoTime = nanoTime;
  }

  static TokenReviewer of(Cluster cluster) {
    return new TokenReviewer(token -> review(cluster, token), System::nanoTime);
  }

  /**
   * @throws dev.gra.grad.runner.RunnerException if the cluster can't be asked
   */
  @Override
  public Optional<Subject> apply(String token) {
    var hash = hash(token);
    synchronized (answers) {
      var known = answers.get(hash);
      if (known != null && nanoTime.getAsLong() - known.until() < 0) {
        return known.subject();
      }
    }
    // Asked without the lock: two may ask for one token at once, and hear the same.
    var subject = review.apply(token);
    synchronized (answers) {
      answers.remove(hash);
      answers.put(hash, new Answer(subject, nanoTime.getAsLong() + KEPT_NANOS));
    }
    return subject;
  }

  private static Optional<Subject> review(Cluster cluster, String token) {
    var spec = new V1TokenReviewSpec().token(token).addAudiencesItem(AUDIENCE);
    try {
      var status =
          new AuthenticationV1Api(cluster.calls())
              .createTokenReview(new V1TokenReview().spec(spec))
              .execute()
              .getStatus();
      return Optional.ofNullable(status).filter(TokenReviewer::good).map(TokenReviewer::subject);
    } catch (ApiException e) {
      throw ClusterFailure.of("tokens can't be reviewed", e);
    }
  }

  private static boolean good(V1TokenReviewStatus status) {
    return Boolean.TRUE.equals(status.getAuthenticated())
        && status.getAudiences() != null
        && status.getAudiences().contains(AUDIENCE)
        && status.getUser() != null;
  }

  private static Subject subject(V1TokenReviewStatus status) {
    var groups = Optional.ofNullable(status.getUser().getGroups()).orElse(List.of());
    return new Subject(new Owner(status.getUser().getUsername()), Set.copyOf(groups));
  }

  private static String hash(String token) {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Every Java has it.
    }
  }
}
