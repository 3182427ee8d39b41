package dev.gra.client.cluster;

import dev.gra.client.GraException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * Where in which cluster a grad is.
 *
 * @param kubeconfig kubectl's configuration, one file or several as KUBECONFIG has them
 * @param context in it
 * @param namespace that has the Service
 */
public record ClusterTarget(String kubeconfig, String context, String namespace) {
  private static final int MAX_WORD = 40;

  public ClusterTarget {
    Objects.requireNonNull(kubeconfig);
    Objects.requireNonNull(context);
    requireName("namespace", namespace);
  }

  /** Refuses what can't be the name of a thing in Kubernetes: it becomes part of file names. */
  static String requireName(String what, String name) {
    if (!name.matches("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")) {
      throw GraException.of(
          "USAGE", "\"" + name + "\" can't be a " + what + "'s name", "kubectl get " + what + "s");
    }
    return name;
  }

  /** A word for file names: readable, and another one for another target. */
  public String slug() {
    String word = context.replaceAll("[^A-Za-z0-9]+", "-");
    CRC32C crc = new CRC32C();
    crc.update(String.join("\0", kubeconfig, context, namespace).getBytes(StandardCharsets.UTF_8));
    return word.substring(0, Math.min(MAX_WORD, word.length()))
        + "-"
        + namespace
        + "-"
        + HexFormat.of().toHexDigits((int) crc.getValue());
  }

  @Override
  public String toString() {
    return "context " + context + ", namespace " + namespace;
  }
}
