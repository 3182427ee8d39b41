package dev.gra.grad.helidon;

import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.grpc.GrpcConfig;
import io.helidon.webserver.http2.Http2Config;
import java.time.Duration;

/**
 * The settings of a listener that serves gRPC.
 *
 * @param idleConnection how long a connection may be without a request. Helidon's 5 minutes end
 *     streams that are alive and quiet, and HTTP/2 PINGs don't count; calls have their own watchdog
 * @param flowControl how long a write waits for an HTTP/2 window. After Helidon's 15 s a slow
 *     reader's stream would be cut
 */
public record GrpcSettings(Duration idleConnection, Duration flowControl) {
  public static final GrpcSettings STANDARD =
      new GrpcSettings(Duration.ofHours(1), Duration.ofMinutes(10));

  /** Largest message of a client. More than any limit of the API, so that validation can speak. */
  public static final int MAX_MESSAGE_BYTES = 16 << 20;

  /** HTTP/2 window of each stream for what clients send. */
  private static final int WINDOW_BYTES = 4 << 20;

  private static final int FRAME_BYTES = 64 << 10;
  private static final long HEADER_BYTES = 32 << 10;
  private static final int SOCKET_BUFFER_BYTES = 256 << 10;
  private static final Duration IDLE_CHECK = Duration.ofMinutes(1);
  // Calls were sent away before; what is left has nobody at its other end.
  private static final Duration SHUTDOWN_GRACE = Duration.ofMillis(500);

  /** Lays the settings over a listener. */
  public <B extends ListenerConfig.BuilderBase<B, ?>> B apply(B listener) {
    Http2Config http2 = http2();
    GrpcConfig grpc = grpc();
    return listener
        // Nagle's algorithm would hold back about half of all small messages for 40 ms.
        .connectionOptions(
            options ->
                options
                    .tcpNoDelay(true)
                    .socketSendBufferSize(SOCKET_BUFFER_BYTES)
                    .socketReceiveBufferSize(SOCKET_BUFFER_BYTES))
        .idleConnectionTimeout(idleConnection)
        .idleConnectionPeriod(shorter(IDLE_CHECK, idleConnection.dividedBy(2)))
        .shutdownGracePeriod(SHUTDOWN_GRACE)
        .addProtocol(http2)
        .addProtocol(grpc)
        // Asked before Helidon's own, which would take the connection otherwise.
        .addConnectionSelector(new WatchedHttp2(http2, grpc));
  }

  private Http2Config http2() {
    return Http2Config.builder()
        .initialWindowSize(WINDOW_BYTES)
        .maxFrameSize(FRAME_BYTES)
        .maxHeaderListSize(HEADER_BYTES)
        .flowControlTimeout(flowControl)
        // A client that gives up many calls at once is not an attack.
        .maxRapidResets(10_000)
        .build();
  }

  private static GrpcConfig grpc() {
    return GrpcConfig.builder()
        // By default all is gzipped: random data at a sixth of the speed.
        .enableCompression(false)
        .maxReadBufferSize(MAX_MESSAGE_BYTES)
        .build();
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
