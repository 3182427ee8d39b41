package dev.gra.client.cli;

import dev.gra.client.Endpoint;
import dev.gra.client.EndpointSource;
import dev.gra.client.GraClient;
import dev.gra.client.cluster.ClusterAuthority;
import dev.gra.client.cluster.ClusterEndpoints;
import dev.gra.client.cluster.ClusterTarget;
import dev.gra.client.cluster.Kubectl;
import dev.gra.client.config.Key;
import dev.gra.client.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sets up the way to a cluster's grad: looks at each part of it, makes a real call, and only then
 * writes it all into the user's own settings.
 */
public final class UseCluster {
  /** All that the way is made of. */
  private static final List<Key> WAY =
      List.of(
          Key.SERVER,
          Key.KUBECONFIG,
          Key.CONTEXT,
          Key.NAMESPACE,
          Key.SERVICE_ACCOUNT,
          Key.CLUSTER_ADDRESS,
          Key.SERVER_NAME,
          Key.TOKEN_FILE,
          Key.CA_FILE,
          Key.INSECURE);

  private final Session session;
  private final Map<Key, Optional<String>> way = new LinkedHashMap<>();

  /** For one run. */
  public UseCluster(Session session) {
    this.session = session;
    WAY.forEach(key -> way.put(key, Optional.empty()));
  }

  /** What was asked for; null where it wasn't. */
  public record Choice(
      String context, String namespace, String address, String serviceAccount, String serverName) {}

  /** Sets it up; answers what was set. */
  public Map<String, Object> set(Choice choice) throws IOException {
    set(Key.TOKEN_FILE, flag(Key.TOKEN_FILE).map(this::absolute));
    set(Key.CA_FILE, flag(Key.CA_FILE).map(this::absolute));
    set(Key.INSECURE, flag(Key.INSECURE));
    set(Key.SERVER_NAME, Optional.ofNullable(choice.serverName()));
    boolean withoutKubectl = choice.address() != null && value(Key.TOKEN_FILE).isPresent();
    int runners = check(withoutKubectl ? byAddress(choice) : byKubectl(choice));
    Path file = session.settings().userFile();
    Settings.write(file, way);
    say("grad answers, with %d runner(s) of yours; set in %s".formatted(runners, file));
    warnOfVariables();
    return shown(file, runners);
  }

  /** Goes back to this machine's grad. */
  public void unset() throws IOException {
    Path file = session.settings().userFile();
    Settings.write(file, way);
    say("this machine's grad is used from now on: set in " + file);
    warnOfVariables();
  }

  private EndpointSource byAddress(Choice choice) {
    set(Key.SERVER, Optional.of(choice.address()));
    Endpoint parsed =
        Endpoint.parse(
            choice.address(),
            value(Key.INSECURE).isPresent(),
            value(Key.CA_FILE).map(Path::of),
            value(Key.TOKEN_FILE).map(Path::of));
    return EndpointSource.fixed(parsed.withServerName(value(Key.SERVER_NAME)));
  }

  private EndpointSource byKubectl(Choice choice) throws IOException {
    Kubectl kubectl = Kubectl.find(session.environment());
    ClusterTarget target = target(kubectl, choice);
    set(Key.SERVER, Optional.of(ClusterAccess.SERVER));
    set(Key.KUBECONFIG, Optional.of(target.kubeconfig()));
    set(Key.CONTEXT, Optional.of(target.context()));
    set(Key.NAMESPACE, Optional.of(target.namespace()));
    set(Key.CLUSTER_ADDRESS, Optional.ofNullable(choice.address()));
    say(target.toString());
    if (choice.address() == null) {
      ClusterAuthority authority = new ClusterAuthority(kubectl, target);
      authority.requireService();
      say("Service grad is there");
      if (value(Key.CA_FILE).isEmpty()) {
        set(Key.CA_FILE, Optional.of(fetched(authority, target)));
      }
    }
    return endpoints(target, choice);
  }

  private ClusterTarget target(Kubectl kubectl, Choice choice) {
    // A file that was set for another cluster must not stand in the way of this shell's.
    String variable = session.environment().getOrDefault("KUBECONFIG", "");
    String kubeconfig = variable.isBlank() ? new ClusterAccess(session).kubeconfig() : variable;
    String context =
        choice.context() != null ? choice.context() : kubectl.currentContext(kubeconfig);
    String namespace = choice.namespace() == null ? ClusterAccess.NAMESPACE : choice.namespace();
    return new ClusterTarget(kubeconfig, context, namespace);
  }

  private String fetched(ClusterAuthority authority, ClusterTarget target) throws IOException {
    Path file = session.settings().userFile().resolveSibling("ca-" + target.slug() + ".crt");
    Files.createDirectories(file.getParent());
    String from = authority.fetch(file);
    say("grad's certificate authority, from " + from + ", is in " + file);
    return file.toString();
  }

  private ClusterEndpoints endpoints(ClusterTarget target, Choice choice) {
    ClusterAccess access = new ClusterAccess(session);
    String account =
        choice.serviceAccount() == null ? ClusterAccess.SERVICE_ACCOUNT : choice.serviceAccount();
    if (value(Key.TOKEN_FILE).isEmpty()) {
      set(Key.SERVICE_ACCOUNT, Optional.of(account));
      say("your runners belong to ServiceAccount " + account);
    }
    return access.endpoints(
        new ClusterEndpoints.Way(
            target,
            account,
            value(Key.TOKEN_FILE).map(Path::of),
            value(Key.CA_FILE).map(Path::of),
            value(Key.SERVER_NAME),
            value(Key.CLUSTER_ADDRESS).map(access::address),
            access.idle(null)));
  }

  private static int check(EndpointSource source) {
    try (GraClient client = GraClient.of(source)) {
      return client.runners().list(Map.of()).size();
    }
  }

  private Map<String, Object> shown(Path file, int runners) {
    Map<String, Object> json = Json.object("Cluster");
    way.forEach((key, value) -> value.ifPresent(text -> json.put(camelCase(key), text)));
    json.put("runners", runners);
    json.put("settingsFile", file.toString());
    return json;
  }

  private static String camelCase(Key key) {
    String[] words = key.text().split("_", -1);
    StringBuilder name = new StringBuilder(words[0]);
    for (int i = 1; i < words.length; i++) {
      name.append(Character.toUpperCase(words[i].charAt(0))).append(words[i].substring(1));
    }
    return name.toString();
  }

  private void warnOfVariables() {
    for (Key key : WAY) {
      if (!session.environment().getOrDefault(key.variable(), "").isBlank()) {
        say(key.variable() + " is set and goes before. Try: unset " + key.variable());
      }
    }
  }

  /** What was said on this command line: what is in the file is of another way. */
  private Optional<String> flag(Key key) {
    return session
        .settings()
        .setting(key)
        .filter(setting -> setting.source().startsWith("--"))
        .map(Settings.Setting::value);
  }

  private String absolute(String path) {
    return session.path(path).toAbsolutePath().normalize().toString();
  }

  private void set(Key key, Optional<String> value) {
    way.put(key, value);
  }

  private Optional<String> value(Key key) {
    return way.get(key);
  }

  private void say(String line) {
    session.messages().say(line);
  }
}
