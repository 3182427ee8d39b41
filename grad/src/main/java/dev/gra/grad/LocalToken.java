package dev.gra.grad;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The one token that a person on this machine needs, made where there is none. */
final class LocalToken {
  private static final int BYTES = 32;

  private LocalToken() {}

  /**
   * Sees to it that there is a file of tokens.
   *
   * @param token where the client looks for it; kept if it is there
   * @param tokens hashes; kept if they are there
   */
  static void ensure(Path token, Path tokens, String subject) throws IOException {
    if (Files.exists(tokens)) {
      return;
    }
    if (!Files.exists(token)) {
      byte[] random = new byte[BYTES];
      new SecureRandom().nextBytes(random);
      PrivateFile.write(token, Base64.getUrlEncoder().withoutPadding().encodeToString(random));
    }
    String hash = sha256(Files.readString(token).strip());
    Map<String, Object> content =
        Map.of("tokens", List.of(Map.of("sha256", hash, "subject", subject)));
    PrivateFile.write(tokens, JSON.std.asString(content));
  }

  private static String sha256(String token) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
