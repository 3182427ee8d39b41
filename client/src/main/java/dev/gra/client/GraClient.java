package dev.gra.client;

import dev.gra.v1.Attach;
import dev.gra.v1.ExecServiceGrpc;
import dev.gra.v1.RunnerServiceGrpc;
import dev.gra.v1.Start;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A client of one grad, wherever it is at the moment. Safe for use by many threads; all calls share
 * one connection.
 */
public final class GraClient implements AutoCloseable {
  /** HTTP/2's own 64 KiB would hold throughput down to some 2 MB/s. */
  private static final int FLOW_CONTROL_WINDOW = 4 << 20;

  private static final int MAX_MESSAGE_BYTES = 4 << 20;
  private static final Duration FAREWELL = Duration.ofMillis(500);

  private final EndpointSource source;
  private final TraceParent trace;
  private final Optional<String> owner;
  private Endpoint endpoint;
  private ManagedChannel channel;
  private boolean closed;

  private GraClient(EndpointSource source, TraceParent trace, Optional<String> owner) {
    this.source = Objects.requireNonNull(source);
    this.trace = trace;
    this.owner = owner;
  }

  /** A client whose calls are traces of their own. Connects at the first call. */
  public static GraClient of(EndpointSource source) {
    return new GraClient(source, null, Optional.empty());
  }

  /** A client whose calls all belong to one span. */
  public static GraClient of(EndpointSource source, TraceParent trace) {
    return new GraClient(source, Objects.requireNonNull(trace), Optional.empty());
  }

  /** The same, of an admin who calls for this owner: it sees, uses and ends that one's runners. */
  public GraClient forOwner(String subject) {
    return new GraClient(source, trace, Optional.of(subject));
  }

  /**
   * Loads, on a thread of its own, what a first call needs: for a program that has something else
   * to do meanwhile, as a command line to parse.
   */
  public static void warmUp() {
    Thread.ofPlatform().daemon().name("gra-warm-up").start(GraClient::loadClasses);
  }

  private static void loadClasses() {
    ManagedChannel channel =
        OkHttpChannelBuilder.forAddress("127.0.0.1", 1).usePlaintext().disableRetry().build();
    RunnerServiceGrpc.newBlockingStub(channel);
    RunnerServiceGrpc.getServiceDescriptor();
    ExecServiceGrpc.getServiceDescriptor();
    // Its map of variables wants it.
    var _ = Start.getDescriptor();
    channel.shutdownNow();
  }

  /** Making, finding and deleting runners. */
  public Runners runners() {
    return new Runners(this);
  }

  /** Looking at execs and cancelling them. */
  public Execs execs() {
    return new Execs(this);
  }

  /** A command to run; nothing happens before {@link RemoteExec#run}. */
  public RemoteExec exec(Start start, ExecOptions options) {
    return RemoteExec.start(this, start, options);
  }

  /** An exec to join; nothing happens before {@link RemoteExec#run}. */
  public RemoteExec attach(Attach attach, ExecOptions options) {
    return RemoteExec.attach(this, attach, options);
  }

  /**
   * The channel to where grad is now. Ask anew after each failure.
   *
   * @throws GraException if there is no grad
   */
  ManagedChannel channel() {
    Endpoint now = source.endpoint();
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("the client is closed");
      }
      if (channel == null || !now.equals(endpoint)) {
        ManagedChannel old = channel;
        channel = open(now);
        endpoint = now;
        if (old != null) {
          old.shutdown();
        }
      } else {
        // It has a back-off of its own, up to two minutes; ours decides.
        channel.resetConnectBackoff();
      }
      return channel;
    }
  }

  /**
   * The next call shall have another connection: what was in flight when a call broke may have used
   * up this one's flow-control window for good. Calls that are still on it stay, unless it is dead.
   */
  void discard(ManagedChannel broken, boolean dead) {
    synchronized (this) {
      if (channel == broken) {
        channel = null;
      }
    }
    if (dead) {
      broken.shutdownNow();
    } else {
      broken.shutdown();
    }
  }

  /** Where grad was at the last call; empty before the first. Nothing is asked for that. */
  public Optional<Endpoint> lastEndpoint() {
    synchronized (this) {
      return Optional.ofNullable(endpoint);
    }
  }

  /** A failure with where it was tried, if it isn't grad's own word. */
  GraException unreachable(GraException failure) {
    Endpoint tried;
    synchronized (this) {
      tried = endpoint;
    }
    boolean ofTransport = failure.reason().equals(failure.code().name());
    return ofTransport && tried != null ? source.unreachable(tried, failure) : failure;
  }

  /** A refusal with what this side knows of it: a token that ran out says so itself. */
  GraException refused(GraException failure) {
    Optional<Path> file;
    synchronized (this) {
      file = endpoint == null ? Optional.empty() : endpoint.tokenFile();
    }
    return failure.code() != Status.Code.UNAUTHENTICATED
        ? failure
        : file.flatMap(TokenTimes::of)
            .filter(times -> times.expires().isBefore(Instant.now()))
            .map(times -> GraException.expired(failure, file.get(), times.expires()))
            .orElse(failure);
  }

  /** Whether a call that was refused for its token is worth another try, with another token. */
  boolean renewedToken(GraException failure) {
    return failure.code() == Status.Code.UNAUTHENTICATED && source.renewToken();
  }

  private ManagedChannel open(Endpoint target) {
    OkHttpChannelBuilder builder =
        target.tls()
            ? OkHttpChannelBuilder.forAddress(target.host(), target.port(), credentials(target))
            : OkHttpChannelBuilder.forAddress(target.host(), target.port()).usePlaintext();
    target.serverName().ifPresent(builder::overrideAuthority);
    return builder
        .flowControlWindow(FLOW_CONTROL_WINDOW)
        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
        .socketFactory(new BufferedSockets())
        .proxyDetector(address -> null)
        .disableRetry()
        .intercept(new CallHeaders(target.tokenFile(), trace, owner))
        .build();
  }

  private static ChannelCredentials credentials(Endpoint target) {
    var builder = TlsChannelCredentials.newBuilder();
    if (target.caFile().isPresent()) {
      try {
        builder.trustManager(target.caFile().get().toFile());
      } catch (IOException e) {
        throw GraException.of(
            "CA_FILE_UNREADABLE",
            "the certificates in " + target.caFile().get() + ": " + e,
            null,
            e);
      }
    }
    return builder.build();
  }

  /** Ends all calls; an exec that is over has its acknowledgement sent first, within 500 ms. */
  @Override
  public void close() {
    ManagedChannel old;
    synchronized (this) {
      closed = true;
      old = channel;
      channel = null;
    }
    if (old != null) {
      old.shutdown();
      awaitFarewells(old);
      old.shutdownNow();
    }
  }

  private static void awaitFarewells(ManagedChannel channel) {
    try {
      var _ = channel.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
