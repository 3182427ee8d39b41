package dev.gra.grad.helidon;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.grpc.GrpcConfig;
import io.helidon.webserver.http2.Http2Config;
import io.helidon.webserver.http2.Http2ConnectionSelector;
import io.helidon.webserver.http2.spi.Http2SubProtocolSelector;
import io.helidon.webserver.http2.spi.SubProtocolResult;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Set;

/**
 * Helidon's HTTP/2, guarded from frames of streams that it has forgotten. Clients reset a stream
 * once more for each frame that reaches them after they have reset it, or while the server ends it;
 * Helidon takes that for a breach of the protocol, and drops the connection with all its calls.
 * {@link ResetFilter} and {@link KnownStream} see to it that it never gets there.
 */
final class WatchedHttp2 implements ServerConnectionSelector {
  private final Http2ConnectionSelector target;

  WatchedHttp2(Http2Config http2, GrpcConfig grpc) {
    this.target =
        Http2ConnectionSelector.builder()
            .http2Config(http2)
            .addSubProtocolSelector(known(new FlowControlledGrpc(grpc, http2.flowControlTimeout())))
            .build();
  }

  @Override
  public int bytesToIdentifyConnection() {
    return target.bytesToIdentifyConnection();
  }

  @Override
  public Support supports(BufferData request) {
    return target.supports(request);
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return target.supportedApplicationProtocols();
  }

  @Override
  public ServerConnection connection(ConnectionContext connection) {
    return target.connection(new WatchedConnection(connection));
  }

  private static Http2SubProtocolSelector known(Http2SubProtocolSelector target) {
    return (connection, prologue, headers, writer, stream, server, client, flow, now, router) -> {
      SubProtocolResult result =
          target.subProtocol(
              connection, prologue, headers, writer, stream, server, client, flow, now, router);
      return result.supported()
          ? new SubProtocolResult(true, new KnownStream(result.subProtocol(), now))
          : result;
    };
  }
}
