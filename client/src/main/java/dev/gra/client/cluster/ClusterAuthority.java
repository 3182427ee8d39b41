package dev.gra.client.cluster;

import dev.gra.client.GraException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/** What a cluster publishes of its grad: that it is there, and whom to trust for its TLS. */
public final class ClusterAuthority {
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";

  private final Kubectl kubectl;
  private final ClusterTarget target;

  /** That of a target. */
  public ClusterAuthority(Kubectl kubectl, ClusterTarget target) {
    this.kubectl = kubectl;
    this.target = target;
  }

  /**
   * Looks for grad's Service.
   *
   * @throws GraException if it isn't there; if not even its namespace is, it says so
   */
  public void requireService() {
    try {
      kubectl.ask(target, "get", "service", "grad", "--output=name");
    } catch (GraException e) {
      if (e.reason().equals("NO_SERVICE")) {
        requireNamespace();
      }
      throw e;
    }
  }

  private void requireNamespace() {
    try {
      kubectl.ask(target, "get", "namespace", target.namespace(), "--output=name");
    } catch (GraException e) {
      // Who may not look at namespaces is told of the Service.
      if (e.reason().equals("NAMESPACE_UNKNOWN")) {
        throw e;
      }
    }
  }

  /**
   * Writes grad's authority into a file: from the ConfigMap gra-ca, which is for all; else, for
   * those who may read grad's key as well, from the Secret gra-tls. Answers which it was.
   */
  public String fetch(Path file) throws IOException {
    String why = "";
    for (String source : List.of("configmap/gra-ca", "secret/gra-tls")) {
      try {
        String pem = source.startsWith("secret") ? ofSecret(source) : ofConfigMap(source);
        if (pem.contains(BEGIN)) {
          Files.writeString(file, pem.strip() + "\n");
          return source;
        }
        why = source + " holds no certificate";
      } catch (GraException e) {
        if (!e.reason().equals("NOT_FOUND") && !e.reason().equals("FORBIDDEN")) {
          throw e;
        }
        why = e.getMessage();
      }
    }
    throw GraException.of(
        "NO_AUTHORITY",
        "whom to trust for grad's TLS is not to be found: " + why,
        "--ca-file FILE, or whoever runs it: kubectl --context %s -n %s create configmap gra-ca --from-file=ca.crt=tls.crt"
            .formatted(target.context(), target.namespace()));
  }

  private String ofConfigMap(String source) {
    return kubectl.ask(target, "get", source, "--output=jsonpath={.data.ca\\.crt}");
  }

  // The certificate of one that signed itself is its own authority.
  private String ofSecret(String source) {
    String both = "--output=jsonpath={.data.ca\\.crt} {.data.tls\\.crt}";
    String[] found = kubectl.ask(target, "get", source, both).strip().split(" ", -1);
    return new String(Base64.getMimeDecoder().decode(found[0]), StandardCharsets.UTF_8);
  }
}
