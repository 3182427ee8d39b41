package dev.gra.client.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What can be set. */
public enum Key {
  /** grad's address; unset means the local one. */
  SERVER(
      false,
      "grad's address: 127.0.0.1:PORT, https://HOST, cluster (as use-cluster set it), local (as if"
          + " unset)"),
  /** Where the token is. */
  TOKEN_FILE(false, "file with the bearer token, mode 0600"),
  /** Whom to trust. */
  CA_FILE(false, "certificates to trust for https, PEM"),
  /** Whether to talk in the clear. */
  INSECURE(false, "true: send the token unencrypted to another machine"),
  /** Where kubectl finds its contexts. */
  KUBECONFIG(false, "cluster: kubectl's configuration"),
  /** Which cluster. */
  CONTEXT(false, "cluster: kubectl's context"),
  /** Where in it. */
  NAMESPACE(false, "cluster: the namespace that grad is in"),
  /** Who we are there. */
  SERVICE_ACCOUNT(false, "cluster: the ServiceAccount that runners belong to, without token_file"),
  /** How it is reached without a tunnel. */
  CLUSTER_ADDRESS(false, "cluster: grad's address (unset: by gractl tunnel)"),
  /** The certificate's name. */
  SERVER_NAME(false, "cluster: the name in grad's certificate (unset: grad.NAMESPACE.svc)"),
  /** How long a tunnel stays. */
  TUNNEL_IDLE(false, "cluster: how long a tunnel stays unused (30m), or never"),
  /** Where traces are seen. */
  TRACE_URL(
      false,
      "where exec --trace says that its trace is seen, e.g. http://localhost:16686/trace/{trace}"),
  /** Whose runners they are. */
  OWNER(false, "for members of grad's admin group: the owner to call for"),
  /** Which keys to data other people's code may have. */
  DATASET_SECRETS(
      false, "names of the secrets that a workspace's datasets may use, with spaces between them"),
  /** The runner. */
  RUNNER(true, "the runner's name (unset: the workspace's own)"),
  /** How long a runner lives unused. */
  IDLE_TIMEOUT(true, "how long a runner made for this workspace may be idle, e.g. 60m"),
  /** The runner's size. */
  PRESET(true, "size of a runner made for this workspace: small, medium, large"),
  /** What of S3 its commands read. */
  DATASETS(
      true,
      "S3 data of a runner made for this workspace: NAME=s3://BUCKET/PREFIX[,endpoint=URL]"
          + "[,region=REGION][,secret=NAME][,mount=/workspace/dataset/DIR[,writable=true]], more of"
          + " them after a space");

  private final boolean workspaceMaySet;
  private final String meaning;

  Key(boolean workspaceMaySet, String meaning) {
    this.workspaceMaySet = workspaceMaySet;
    this.meaning = meaning;
  }

  /** As it stands in files and in {@code gractl config}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As it stands in the environment. */
  public String variable() {
    return "GRA_" + name();
  }

  /** A line for people. */
  public String meaning() {
    return meaning;
  }

  /**
   * Whether a workspace's file may set it. Such a file comes with other people's code: it must not
   * say where the user's token goes.
   */
  public boolean workspaceMaySet() {
    return workspaceMaySet;
  }

  /** The key of that name. */
  public static Optional<Key> of(String text) {
    return Arrays.stream(values()).filter(key -> key.text().equals(text)).findFirst();
  }
}
