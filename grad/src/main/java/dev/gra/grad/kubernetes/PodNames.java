package dev.gra.grad.kubernetes;

import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.RunnerName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names and labels by which pods are found. */
final class PodNames {
  static final String CONTAINER = "runner";
  static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  static final String GRA = "gra";
  static final String OWNER_HASH = "gra.dev/owner-hash";

  /** Selects every runner's pod of the namespace. */
  static final String SELECTOR = MANAGED_BY + "=" + GRA;

  private static final int READABLE = 40;
  private static final int HASH_BYTES = 8;

  private PodNames() {}

  /**
   * The name of a runner's pod. It is derived: two that make the same runner at once meet in
   * AlreadyExists.
   */
  static String of(Owner owner, RunnerName name) {
    var readable = name.value().substring(0, Math.min(READABLE, name.value().length()));
    return readable + "-" + hash(owner.subject() + "\0" + name.value());
  }

  static String ownerHash(Owner owner) {
    return hash(owner.subject());
  }

  private static String hash(String text) {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Every Java has it.
    }
  }
}
