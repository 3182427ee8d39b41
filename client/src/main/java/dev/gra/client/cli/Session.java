package dev.gra.client.cli;

import dev.gra.client.Endpoint;
import dev.gra.client.EndpointSource;
import dev.gra.client.GraClient;
import dev.gra.client.GraException;
import dev.gra.client.config.Key;
import dev.gra.client.config.Settings;
import dev.gra.client.config.WorkspaceRunner;
import dev.gra.client.local.GraHome;
import dev.gra.client.local.GradFile;
import dev.gra.client.local.LocalGrad;
import dev.gra.client.telemetry.Telemetry;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One run of gractl: what is set, where grad is, what is said, and the trace it belongs to. */
public final class Session implements AutoCloseable {
  /** The value of {@link Key#SERVER} that means this machine's grad. */
  public static final String LOCAL = "local";

  private final Map<String, String> environment;
  private final Path directory;
  private final Map<Key, String> flags;
  private final Messages messages;
  private final Telemetry telemetry;
  private final GraHome home;
  private Settings settings;
  private EndpointSource endpoints;
  private GraClient client;

  /**
   * A run.
   *
   * @param flags settings given on the command line
   */
  public Session(Map<Key, String> flags) {
    this(flags, System.getenv(), Path.of("").toAbsolutePath(), Messages.ofProcess());
  }

  Session(
      Map<Key, String> flags, Map<String, String> environment, Path directory, Messages messages) {
    this.flags = Map.copyOf(flags);
    this.environment = Map.copyOf(environment);
    this.directory = directory;
    this.messages = messages;
    this.telemetry = Telemetry.of(environment);
    this.home = GraHome.of(environment);
  }

  /** What is set, and where. */
  public Settings settings() {
    if (settings == null) {
      settings = Settings.load(flags, environment, directory);
    }
    return settings;
  }

  /** The client, to whichever grad the settings mean. */
  public GraClient client() {
    if (client == null) {
      GraClient own = GraClient.of(endpoints(), telemetry.span());
      client = settings().value(Key.OWNER).map(own::forOwner).orElse(own);
    }
    return client;
  }

  /** Where grad is: as set, or this machine's. */
  public EndpointSource endpoints() {
    if (endpoints == null) {
      endpoints = chosen();
    }
    return endpoints;
  }

  private EndpointSource chosen() {
    Settings now = settings();
    if (now.value(Key.SERVER).isEmpty()) {
      return this::localEndpoint;
    }
    if (usesLocal()) {
      return () -> local().endpoint();
    }
    if (usesCluster()) {
      return new ClusterAccess(this).endpoints();
    }
    Optional<Path> tokenFile = now.value(Key.TOKEN_FILE).map(this::path);
    Endpoint endpoint =
        Endpoint.parse(
            now.value(Key.SERVER).get(),
            now.isTrue(Key.INSECURE),
            now.value(Key.CA_FILE).map(this::path),
            tokenFile);
    return EndpointSource.fixed(endpoint.withServerName(now.value(Key.SERVER_NAME)));
  }

  /** Whether grad is the one that use-cluster set up. */
  public boolean usesCluster() {
    return settings().value(Key.SERVER).filter(ClusterAccess.SERVER::equals).isPresent();
  }

  /** Whether grad is this machine's: if nothing is set, or by name, whatever else is set. */
  public boolean usesLocal() {
    return settings().value(Key.SERVER).orElse(LOCAL).equals(LOCAL);
  }

  // Asked at each reconnect: grad may have been started again, or has to be.
  private GradFile local() {
    return GradFile.running(home).orElseGet(() -> localGrad().startAgain());
  }

  private Endpoint localEndpoint() {
    Endpoint endpoint = local().endpoint();
    return settings()
        .value(Key.TOKEN_FILE)
        .map(
            file ->
                new Endpoint(
                    endpoint.host(),
                    endpoint.port(),
                    endpoint.tls(),
                    endpoint.caFile(),
                    Optional.of(path(file))))
        .orElse(endpoint);
  }

  /** This machine's grad. */
  public LocalGrad localGrad() {
    return new LocalGrad(home, environment, messages::say);
  }

  /** A path of the settings, ~ meaning home. */
  Path path(String text) {
    String home =
        text.startsWith("~/") ? environment.getOrDefault("HOME", "") + text.substring(1) : text;
    return directory.resolve(home);
  }

  /** Our flags as variables, for a gractl that another program will run, perhaps elsewhere. */
  Map<String, String> handedOn() {
    Map<String, String> variables = new LinkedHashMap<>();
    flags.forEach((key, value) -> variables.put(key.variable(), value));
    for (Key key : List.of(Key.TOKEN_FILE, Key.CA_FILE)) {
      String given = variables.getOrDefault(key.variable(), environment.get(key.variable()));
      if (given != null && !given.isBlank()) {
        variables.put(key.variable(), path(given).toString());
      }
    }
    variables.put("GRA_HOME", home.root().toString());
    return variables;
  }

  /** The runner meant if none is named. */
  public String runnerName() {
    return WorkspaceRunner.name(settings(), directory);
  }

  /** A runner's name where {@code null} and the empty one mean the workspace's own. */
  public String runnerName(String given) {
    return given == null || given.isEmpty() ? runnerName() : given;
  }

  /** The uid of a runner that is there. */
  public String runnerUid(String name) {
    return client().runners().get(name).getUid();
  }

  /** What gractl says. */
  public Messages messages() {
    return messages;
  }

  /** The trace of this run. */
  public Telemetry telemetry() {
    return telemetry;
  }

  /** Where state is kept. */
  public GraHome home() {
    return home;
  }

  /** The process' environment. */
  public Map<String, String> environment() {
    return environment;
  }

  /** The working directory. */
  public Path directory() {
    return directory;
  }

  /** Tells the span of a failure on its way out. */
  public GraException failed(GraException failure) {
    telemetry.error(failure.reason());
    return failure;
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
    telemetry.end();
  }
}
