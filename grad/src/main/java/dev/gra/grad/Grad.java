package dev.gra.grad;

import dev.gra.grad.api.Access;
import dev.gra.grad.api.GrpcApi;
import dev.gra.grad.audit.AuditLog;
import dev.gra.grad.exec.Execs;
import dev.gra.grad.exec.WindowBudget;
import dev.gra.grad.helidon.GrpcSettings;
import dev.gra.grad.link.LinkSettings;
import dev.gra.grad.link.Links;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.RunnerRuntime;
import dev.gra.grad.status.RecentEndings;
import dev.gra.grad.status.StatusPage;
import dev.gra.grad.status.StatusSettings;
import dev.gra.grad.telemetry.HttpEndpoints;
import dev.gra.grad.telemetry.Log;
import dev.gra.grad.telemetry.Metrics;
import dev.gra.grad.telemetry.Tracing;
import dev.gra.protocol.Limits;
import io.helidon.common.tls.Tls;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;

/** A running server: two listeners, and what is between them and the runners. */
public final class Grad implements AutoCloseable {
  /**
   * What a server is made of.
   *
   * @param tls what the API is served with; without encryption if empty
   * @param streamMemory bytes of output under way, of all streams together
   * @param silence how long the client of an open stream may say nothing
   * @param status what the status page may show
   * @param drain how long clients may take to go when the server does
   */
  public record Settings(
      InetSocketAddress grpc,
      InetSocketAddress http,
      Optional<TlsFiles> tls,
      Access access,
      StatusSettings status,
      long streamMemory,
      Duration silence,
      Duration drain,
      LinkSettings links,
      GrpcSettings listener) {}

  private static final Log LOG = Log.of(Grad.class);
  private static final String HTTP = "http";
  private static final long LEAST_WINDOW = 2L * Limits.CHUNK_BYTES;
  private static final long MOST_WINDOW = 1 << 20;

  private final Settings settings;
  private final Tracing tracing;
  private final AuditLog audit;
  private final Metrics metrics = new Metrics(Version.TEXT);
  private final ScheduledExecutorService scheduler;
  private final Links links;
  private final Execs execs;
  private final GrpcApi api;
  private final StatusPage page;
  private final WebServer server;
  private final AtomicBoolean closed = new AtomicBoolean();
  private Optional<TlsReloading> reloading = Optional.empty();
  private volatile boolean ready;

  private Grad(
      Settings settings,
      RunnerRuntime runtime,
      Tracing tracing,
      AuditLog audit,
      Optional<Tls> tls) {
    this.settings = settings;
    this.tracing = tracing;
    this.audit = audit;
    // A thread of its own: signs of life don't wait for anything.
    this.scheduler =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("grad-liveness").factory());
    this.links = new Links(settings.links(), scheduler);
    WindowBudget budget = new WindowBudget(settings.streamMemory(), LEAST_WINDOW, MOST_WINDOW);
    RecentEndings endings = new RecentEndings(settings.status().argv());
    ExecTelling telling = new ExecTelling(metrics, tracing, audit, endings);
    this.execs = new Execs(runtime, links, budget, telling);
    this.api =
        new GrpcApi(
            runtime,
            execs,
            settings.access(),
            tracing,
            metrics,
            audit,
            settings.silence(),
            scheduler);
    this.page =
        new StatusPage(
            runtime, execs, endings, settings.access(), audit, settings.status(), Version.TEXT);
    metrics.gauge("gra_open_calls", "", "Calls that are open", api::openCalls);
    Gauges.execs(metrics, execs, budget);
    Gauges.links(metrics, links);
    Gauges.runners(metrics, runtime);
    Gauges.audit(metrics, audit);
    this.server = webServer(tls);
  }

  /**
   * Starts a server; it is ready when this returns. Closing it leaves the runtime open, and closes
   * the traces and the audit log, last of all.
   *
   * @throws RuntimeException if an address can't be listened on
   * @throws IOException if the certificate can't be read
   */
  public static Grad start(
      Settings settings, RunnerRuntime runtime, Tracing tracing, AuditLog audit)
      throws IOException {
    Optional<Tls> tls =
        settings.tls().isPresent() ? Optional.of(settings.tls().get().load()) : Optional.empty();
    Grad grad = new Grad(settings, runtime, tracing, audit, tls);
    try {
      grad.server.start();
      grad.reloadTls();
    } catch (IOException | RuntimeException e) {
      grad.close();
      throw e;
    }
    grad.ready = true;
    return grad;
  }

  private void reloadTls() throws IOException {
    if (settings.tls().isPresent()) {
      reloading = Optional.of(new TlsReloading(settings.tls().get(), server::reloadTls, scheduler));
    }
  }

  public int grpcPort() {
    return server.port();
  }

  public int httpPort() {
    return server.port(HTTP);
  }

  /** When the last call was over, by System.nanoTime; now, if one is open. */
  public long lastActive() {
    return api.lastActive();
  }

  /** How many calls are open. */
  public int openCalls() {
    return api.openCalls();
  }

  /** Whether a command is running in any runner of these owners. */
  public boolean anyRunning(List<Owner> owners) {
    return owners.stream().anyMatch(execs::anyRunning);
  }

  /** Sends the clients away, as long as the drain's time allows, and ends. Execs go on. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    ready = false;
    api.drain();
    execs.drain();
    if (!api.awaitNoCalls(settings.drain())) {
      LOG.warn("calls cut off", "calls", api.openCalls());
    }
    reloading.ifPresent(TlsReloading::close);
    server.stop();
    api.close();
    page.close();
    links.close();
    scheduler.shutdownNow();
    tracing.close();
    // Last: whatever ended by all this has its line.
    audit.close();
  }

  private WebServer webServer(Optional<Tls> tls) {
    HttpRouting.Builder http = HttpRouting.builder();
    new HttpEndpoints(metrics, () -> ready).routes(http);
    page.routes(http);
    var builder = settings.listener().apply(WebServer.builder());
    tls.ifPresent(builder::tls);
    return builder
        .shutdownHook(false)
        .bindAddress(settings.grpc())
        .addRouting(api.routing())
        .putSocket(HTTP, listener -> listener.bindAddress(settings.http()).routing(http))
        .build();
  }
}
