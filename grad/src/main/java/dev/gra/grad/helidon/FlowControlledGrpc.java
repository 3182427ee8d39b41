package dev.gra.grad.helidon;

import io.helidon.http.HttpPrologue;
import io.helidon.http.http2.Http2Headers;
import io.helidon.http.http2.Http2Settings;
import io.helidon.http.http2.Http2StreamState;
import io.helidon.http.http2.Http2StreamWriter;
import io.helidon.http.http2.StreamFlowControl;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.Router;
import io.helidon.webserver.grpc.GrpcConfig;
import io.helidon.webserver.grpc.GrpcProtocolSelector;
import io.helidon.webserver.http2.spi.Http2SubProtocolSelector;
import io.helidon.webserver.http2.spi.SubProtocolResult;
import java.time.Duration;

/**
 * Helidon's gRPC over a {@link WatchedConnection}; streams write by {@link FlowControlledWriter}.
 */
final class FlowControlledGrpc implements Http2SubProtocolSelector {
  private final Http2SubProtocolSelector grpc;
  private final Duration patience;

  FlowControlledGrpc(GrpcConfig config, Duration patience) {
    this.grpc = GrpcProtocolSelector.create(config);
    this.patience = patience;
  }

  @Override
  public SubProtocolResult subProtocol(
      ConnectionContext context,
      HttpPrologue prologue,
      Http2Headers headers,
      Http2StreamWriter writer,
      int streamId,
      Http2Settings serverSettings,
      Http2Settings clientSettings,
      StreamFlowControl flowControl,
      Http2StreamState state,
      Router router) {
    WatchedWriter connection = ((WatchedConnection) context).dataWriter();
    return grpc.subProtocol(
        context,
        prologue,
        headers,
        new FlowControlledWriter(writer, connection, patience),
        streamId,
        serverSettings,
        clientSettings,
        flowControl,
        state,
        router);
  }
}
