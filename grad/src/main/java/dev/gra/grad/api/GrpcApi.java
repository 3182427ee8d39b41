package dev.gra.grad.api;

import com.google.protobuf.Descriptors.FileDescriptor;
import dev.gra.grad.audit.AuditLog;
import dev.gra.grad.exec.DrainingException;
import dev.gra.grad.exec.Execs;
import dev.gra.grad.helidon.Guard;
import dev.gra.grad.runner.RunnerRuntime;
import dev.gra.grad.telemetry.Metrics;
import dev.gra.grad.telemetry.RunnerMetrics;
import dev.gra.grad.telemetry.Tracing;
import dev.gra.v1.ExecServiceGrpc;
import dev.gra.v1.RunnerServiceGrpc;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServiceDescriptor;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.helidon.webserver.grpc.GrpcRouting;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;

/** The whole gRPC API. */
public final class GrpcApi implements AutoCloseable {
  /** How long a call may last whose client gives no signs of life: a watch of health, an ensure. */
  private static final Duration OLDEST = Duration.ofHours(1);

  private static final List<ServiceDescriptor> DESCRIPTORS =
      List.of(
          RunnerServiceGrpc.getServiceDescriptor(),
          ExecServiceGrpc.getServiceDescriptor(),
          HealthGrpc.getServiceDescriptor(),
          ServerReflectionGrpc.getServiceDescriptor(),
          io.grpc.reflection.v1alpha.ServerReflectionGrpc.getServiceDescriptor());

  private static final List<String> SERVICES =
      DESCRIPTORS.stream().map(ServiceDescriptor::getName).toList();

  private final RunnerRuntime runtime;
  private final ScheduledExecutorService scheduler;
  private final Guard guard;
  private final TelemetryInterceptor telemetry;
  private final RunnerMetrics runnerMetrics;
  private final AdmissionInterceptor admission;
  private final AuthInterceptor auth;
  private final ExecEndpoint execs;
  private final HealthStatusManager health = new HealthStatusManager();
  private volatile boolean draining;

  /**
   * @param silence how long the client of an open stream may say nothing
   * @param scheduler gives signs of life and sees to time-outs
   */
  public GrpcApi(
      RunnerRuntime runtime,
      Execs execs,
      Access access,
      Tracing tracing,
      Metrics metrics,
      AuditLog audit,
      Duration silence,
      ScheduledExecutorService scheduler) {
    this.runtime = runtime;
    this.scheduler = scheduler;
    this.guard = new Guard(Boundary::status, silence, OLDEST, scheduler);
    this.telemetry = new TelemetryInterceptor(tracing, metrics, audit);
    this.runnerMetrics = new RunnerMetrics(metrics);
    this.admission = new AdmissionInterceptor(() -> draining);
    this.auth = new AuthInterceptor(access);
    this.execs = new ExecEndpoint(execs, scheduler);
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
    SERVICES.forEach(service -> health.setStatus(service, ServingStatus.SERVING));
  }

  /** All services. */
  public GrpcRouting.Builder routing() {
    Reflection reflection = new Reflection(SERVICES, files(), scheduler);
    GrpcRouting.Builder routing = GrpcRouting.builder();
    for (BindableService service :
        List.of(
            new RunnerEndpoint(runtime, runnerMetrics),
            execs,
            health.getHealthService(),
            new ReflectionEndpoint(reflection),
            new ReflectionAlphaEndpoint(reflection))) {
      // The first is the outermost.
      routing.service(
          ServerInterceptors.interceptForward(service, telemetry, guard, admission, auth));
    }
    return routing;
  }

  private static List<FileDescriptor> files() {
    return DESCRIPTORS.stream()
        .map(ServiceDescriptor::getSchemaDescriptor)
        .map(schema -> ((ProtoFileDescriptorSupplier) schema).getFileDescriptor())
        .toList();
  }

  /** When the last call was over, by System.nanoTime; now, if one is open. */
  public long lastActive() {
    return guard.lastActive();
  }

  /** How many calls are open. */
  public int openCalls() {
    return guard.openCalls();
  }

  /** Waits until no call is open; false if it takes longer than that. */
  public boolean awaitNoCalls(Duration atMost) {
    return guard.awaitNoCalls(atMost);
  }

  /** Takes no new calls, and says so. */
  public void drain() {
    draining = true;
    health.enterTerminalState();
    // Who watches health has been told, and would never go.
    guard.end(HealthGrpc.SERVICE_NAME, new DrainingException());
  }

  @Override
  public void close() {
    execs.close();
    guard.close();
  }
}
