package dev.gra.grad;

import dev.gra.grad.audit.Argv;
import dev.gra.grad.audit.AuditLog;
import dev.gra.grad.audit.Sink;
import dev.gra.grad.config.ConfigException;
import dev.gra.grad.config.Configuration;
import dev.gra.grad.config.Key;
import dev.gra.grad.helidon.GrpcSettings;
import dev.gra.grad.kubernetes.KubernetesRuntime;
import dev.gra.grad.kubernetes.KubernetesSettings;
import dev.gra.grad.link.LinkSettings;
import dev.gra.grad.local.IsolationChoice;
import dev.gra.grad.local.LocalRuntime;
import dev.gra.grad.local.LocalSettings;
import dev.gra.grad.local.NetworkChoice;
import dev.gra.grad.runner.RunnerRuntime;
import dev.gra.grad.runner.SpecDefaults;
import dev.gra.grad.status.StatusSettings;
import dev.gra.grad.status.TraceUrl;
import dev.gra.grad.telemetry.Log;
import dev.gra.grad.telemetry.Otlp;
import dev.gra.grad.telemetry.Tracing;
import dev.gra.protocol.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** grad as a program: a server over the configured runtime, and the file that says where it is. */
final class Program implements AutoCloseable {
  private static final Log LOG = Log.of(Program.class);

  private final RunnerRuntime runtime;
  private final Authentication authentication;
  private final Grad grad;
  private final GradFile file;

  private Program(RunnerRuntime runtime, Authentication authentication, Grad grad, GradFile file) {
    this.runtime = runtime;
    this.authentication = authentication;
    this.grad = grad;
    this.file = file;
  }

  /**
   * Starts it; it is ready when this returns.
   *
   * @throws dev.gra.grad.runner.RunnerException if the runtime can't work here
   * @throws IOException if a file can't be read or written
   */
  static Program start(Configuration config, Map<String, String> environment) throws IOException {
    RunnerRuntime runtime = runtime(config, environment);
    try {
      Path state = config.path(Key.STATE_DIRECTORY);
      Authentication authentication = Authentication.of(config, runtime);
      AuditLog audit = audit(config);
      Grad grad = Grad.start(settings(config, authentication), runtime, tracing(config), audit);
      Program program = new Program(runtime, authentication, grad, new GradFile(state));
      program.announce();
      return program;
    } catch (IOException | RuntimeException e) {
      runtime.close();
      throw e;
    }
  }

  /** How long nothing has happened here: no call, and no command that runs. */
  boolean idleFor(Duration time) {
    Duration quiet = Duration.ofNanos(System.nanoTime() - grad.lastActive());
    return quiet.compareTo(time) >= 0 && !grad.anyRunning(authentication.everybody().get());
  }

  /** Ends the server. Runners and their commands go on. */
  @Override
  public void close() {
    LOG.info("ending", "calls", grad.openCalls());
    try {
      file.remove();
    } catch (IOException e) {
      LOG.warn("grad.properties can't be removed", "why", e.getMessage());
    }
    grad.close();
    runtime.close();
    LOG.info("ended");
  }

  private void announce() {
    String isolation = runtime.capabilities().isolation();
    try {
      file.write(grad, isolation);
    } catch (IOException e) {
      grad.close();
      throw new UncheckedIOException(e);
    }
    LOG.info(
        "ready",
        "version",
        Version.TEXT,
        "grpc",
        grad.grpcPort(),
        "http",
        grad.httpPort(),
        "isolation",
        isolation,
        "ms",
        ProcessHandle.current()
            .info()
            .startInstant()
            .map(start -> Duration.between(start, java.time.Instant.now()).toMillis())
            .orElse(null));
  }

  private static RunnerRuntime runtime(Configuration config, Map<String, String> environment) {
    return switch (config.text(Key.RUNTIME)) {
      case "kubernetes" -> KubernetesRuntime.open(kubernetesSettings(config));
      default -> LocalRuntime.open(localSettings(config, environment));
    };
  }

  private static KubernetesSettings kubernetesSettings(Configuration config) {
    SpecDefaults standard = SpecDefaults.STANDARD;
    return new KubernetesSettings(
        config.givenPath(Key.KUBECONFIG),
        config.given(Key.KUBE_CONTEXT),
        config.text(Key.NAMESPACE),
        config.givenPath(Key.POD_TEMPLATE),
        config.given(Key.MOUNT_IMAGE),
        new SpecDefaults(standard.preset(), config.text(Key.RUNNER_IMAGE), standard.idleTimeout()),
        config.duration(Key.START_TIMEOUT),
        config.duration(Key.ROOM_TIMEOUT));
  }

  private static LocalSettings localSettings(
      Configuration config, Map<String, String> environment) {
    return new LocalSettings(
        config.path(Key.STATE_DIRECTORY),
        config.path(Key.RUNNERD),
        IsolationChoice.named(config.text(Key.ISOLATION)),
        NetworkChoice.named(config.text(Key.NETWORK)),
        SpecDefaults.STANDARD,
        config.number(Key.MAX_RUNNERS),
        environment,
        List.of());
  }

  private static Grad.Settings settings(Configuration config, Authentication authentication) {
    LinkSettings links =
        LinkSettings.standard("grad " + Version.TEXT).idle(config.duration(Key.LINK_IDLE_TIMEOUT));
    return new Grad.Settings(
        config.address(Key.GRPC_ADDRESS),
        config.address(Key.HTTP_ADDRESS),
        tls(config),
        authentication.access(),
        new StatusSettings(argv(config), new TraceUrl(config.text(Key.TRACE_URL))),
        config.size(Key.STREAM_MEMORY),
        Limits.SILENCE,
        config.duration(Key.DRAIN_TIMEOUT),
        links,
        GrpcSettings.STANDARD);
  }

  private static Optional<TlsFiles> tls(Configuration config) {
    return config
        .givenPath(Key.TLS_CERTIFICATE)
        .map(certificate -> new TlsFiles(certificate, config.path(Key.TLS_KEY)));
  }

  private static Tracing tracing(Configuration config) {
    return config
        .given(Key.OTLP_ENDPOINT)
        .map(endpoint -> Otlp.tracing(Version.TEXT, endpoint, config.text(Key.OTLP_HEADERS)))
        .orElseGet(Tracing::none);
  }

  private static AuditLog audit(Configuration config) {
    Argv argv = argv(config);
    return switch (config.text(Key.AUDIT_LOG)) {
      case "off" -> AuditLog.off();
      case "stdout" -> AuditLog.to(Sink.stdout(), argv);
      default -> AuditLog.to(auditFile(config.path(Key.AUDIT_LOG)), argv);
    };
  }

  private static Argv argv(Configuration config) {
    return Argv.named(config.text(Key.AUDIT_ARGV));
  }

  private static Sink auditFile(Path file) {
    try {
      return Sink.file(file);
    } catch (IOException e) {
      throw new ConfigException(
          "audit-log: " + file + " can't be written (" + e + "); give another --audit-log", e);
    }
  }
}
