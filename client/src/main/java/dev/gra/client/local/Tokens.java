package dev.gra.client.local;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The token of this state directory: made once, kept over restarts; grad knows its hash only. */
final class Tokens {
  private static final int BYTES = 32;

  static void ensure(GraHome home) throws IOException {
    if (!Files.exists(home.tokenFile())) {
      byte[] random = new byte[BYTES];
      new SecureRandom().nextBytes(random);
      String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
      GraHome.privateFile(home.tokenFile(), token + "\n");
    }
    String hash = sha256(Files.readString(home.tokenFile()).strip());
    boolean known =
        Files.exists(home.tokensFile()) && Files.readString(home.tokensFile()).contains(hash);
    if (!known) {
      Map<String, Object> entry = Map.of("sha256", hash, "subject", subject());
      GraHome.privateFile(home.tokensFile(), JSON.std.asString(Map.of("tokens", List.of(entry))));
    }
  }

  private static String subject() {
    String user = System.getProperty("user.name").replaceAll("[^A-Za-z0-9._-]", "-");
    return user.isEmpty() ? "local" : user;
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private Tokens() {}
}
