package dev.gra.client;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * What a token says of its own time, if it is one that says so (a JWT). Nothing is verified: that
 * is the server's.
 *
 * @param issued when it began
 * @param expires when it ends
 */
public record TokenTimes(Instant issued, Instant expires) {
  /** Reads those of a token in a file; empty if it says nothing, or isn't there. */
  public static Optional<TokenTimes> of(Path file) {
    try {
      String[] parts = Files.readString(file).strip().split("\\.", -1);
      Map<String, Object> claims = JSON.std.mapFrom(Base64.getUrlDecoder().decode(parts[1]));
      return Optional.of(new TokenTimes(time(claims, "iat"), time(claims, "exp")));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private static Instant time(Map<String, Object> claims, String name) {
    return Instant.ofEpochSecond(((Number) claims.get(name)).longValue());
  }

  /** How long it was given. */
  public Duration lifetime() {
    return Duration.between(issued, expires);
  }
}
