package dev.gra.grad.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Every key, with its default, its form and what it is for. */
// Forms and lists are immutable, which only their types do not say.
@SuppressWarnings("ImmutableEnumChecker")
public enum Key {
  RUNTIME("local", Forms.oneOf("local", "kubernetes"), "what runs runners"),
  STATE_DIRECTORY("", Forms.PATH, "where the local runtime keeps its runners; by default GRA_HOME"),
  RUNNERD("", Forms.PATH, "the directory that holds bin/runnerd, for the local runtime"),
  ISOLATION(
      "auto",
      Forms.oneOf("auto", "bubblewrap", "none"),
      "how the local runtime keeps commands in; none only ever by name"),
  NETWORK("host", Forms.oneOf("host", "none"), "what commands in a sandbox can reach"),
  MAX_RUNNERS("100", Forms.number(1, 10_000), "runners of the local runtime, of all owners"),
  KUBECONFIG(
      "",
      Forms.PATH,
      "the way to the cluster; by default the pod's service account, else kubectl's own"),
  KUBE_CONTEXT("", Forms.TEXT, "which context of the kubeconfig; by default its current one"),
  NAMESPACE("gra-runners", Forms.TEXT, "where the kubernetes runtime makes its pods"),
  RUNNER_IMAGE("gra-runner:dev", Forms.TEXT, "the image of runners that ask for none"),
  POD_TEMPLATE("", Forms.PATH, "a file laid over the pod that runners are made of, in YAML"),
  MOUNT_IMAGE(
      "",
      Forms.TEXT,
      "the image with s3fs that mounts datasets, privileged, beside runners that ask for it; by"
          + " default none are mounted (kustomize/s3-mounts)"),
  START_TIMEOUT("5m", Forms.DURATION, "how long a pod may take until its runner is ready"),
  ROOM_TIMEOUT(
      "1m",
      Forms.DURATION,
      "how much of that it may wait for a node with room; more where nodes are added at need"),
  GRPC_ADDRESS("127.0.0.1:0", Forms.ADDRESS, "where the API is served; port 0 is any free one"),
  HTTP_ADDRESS(
      "127.0.0.1:0", Forms.ADDRESS, "where health, metrics and the status page are served"),
  TLS_CERTIFICATE("", Forms.PATH, "the API's certificate chain, PEM; read again when it changes"),
  TLS_KEY("", Forms.PATH, "its private key, PEM (PKCS #8)"),
  INSECURE("false", Forms.FLAG, "serve the API without TLS to more than this machine"),
  AUTHENTICATION(
      "tokens-file",
      Forms.oneOf("tokens-file", "token-review"),
      "who says whose a token is: tokens-file, or the kubernetes runtime's cluster"),
  TOKENS_FILE(
      "", Forms.PATH, "hashes of the tokens; by default tokens.json in the state directory"),
  ADMIN_GROUP(
      "", Forms.TEXT, "members of this group may call for every owner; by default nobody may"),
  IDLE_TIMEOUT(
      "never", Forms.DURATION_OR_NEVER, "end after so long without a call and a running command"),
  DRAIN_TIMEOUT("5s", Forms.DURATION, "how long clients may take to go when the server does"),
  LINK_IDLE_TIMEOUT("1m", Forms.DURATION, "how long an unused link to a runner is kept"),
  STREAM_MEMORY("32MiB", Forms.SIZE, "memory for output under way, shared among all streams"),
  LOG_FORMAT("auto", Forms.oneOf("auto", "text", "json"), "auto is text on a terminal, else json"),
  LOG_LEVEL("info", Forms.oneOf("debug", "info", "warn", "error"), "what is logged at least"),
  AUDIT_LOG(
      "stdout",
      Forms.AUDIT_LOG,
      "where a line of JSON goes for each exec's start and end and each refused call"),
  AUDIT_ARGV(
      "program",
      Forms.oneOf("none", "program", "all"),
      "how much of a command those lines and the status page have; arguments may hold secrets"),
  OTLP_ENDPOINT(
      "",
      Forms.TEXT,
      "where traces go, by OTLP over HTTP; nowhere if empty",
      "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
      "OTEL_EXPORTER_OTLP_ENDPOINT"),
  OTLP_HEADERS(
      "",
      Forms.SECRET,
      "headers sent with traces, as name=value,…",
      "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
      "OTEL_EXPORTER_OTLP_HEADERS"),
  TRACE_URL(
      "",
      Forms.TRACE_URL,
      "where the status page's traces lead, e.g. http://localhost:16686/trace/{trace}");

  private final String fallback;
  private final Form form;
  private final String help;
  private final List<String> alsoVariables;

  Key(String fallback, Form form, String help, String... alsoVariables) {
    this.fallback = fallback;
    this.form = form;
    this.help = help;
    this.alsoVariables = List.of(alsoVariables);
  }

  /** As a file and a flag have it. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** As the environment has it. */
  public String variable() {
    return "GRAD_" + name();
  }

  public String flag() {
    return "--" + key();
  }

  public String fallback() {
    return fallback;
  }

  public Form form() {
    return form;
  }

  public String help() {
    return help;
  }

  /** Variables of others' making that mean the same, the weightiest first. */
  public List<String> alsoVariables() {
    return alsoVariables;
  }

  public static Optional<Key> named(String key) {
    return Arrays.stream(values()).filter(each -> each.key().equals(key)).findFirst();
  }
}
