package dev.gra.grad.helidon;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.ServerConnectionException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/** A connection whose bytes pass a {@link ResetFilter} on their way to Helidon. */
final class WatchedConnection implements ConnectionContext {
  private final ConnectionContext target;
  private final DataReader reader;
  private final WatchedWriter writer;

  WatchedConnection(ConnectionContext target) {
    this.target = target;
    OpenStreams streams = new OpenStreams();
    this.writer = new WatchedWriter(target.dataWriter(), streams);
    this.reader = DataReader.create(new ResetFilter(this::read, streams, this::giveBack));
  }

  /** First what was read to tell the protocol, then the socket's chunks without copying them. */
  private byte[] read() {
    int available = target.dataReader().available();
    if (available > 0) {
      return target.dataReader().readBytes(available);
    }
    try {
      return target.serverSocket().get();
    } catch (UncheckedIOException e) {
      throw new ServerConnectionException("Failed to get data from socket", e);
    }
  }

  /** Nobody else will: a WINDOW_UPDATE of the connection. */
  private void giveBack(int bytes) {
    if (bytes > 0) {
      writer.writeNow(
          BufferData.create(
              ByteBuffer.allocate(FrameHeader.BYTES + 4)
                  .put(new byte[] {0, 0, 4, FrameHeader.WINDOW_UPDATE, 0, 0, 0, 0, 0})
                  .putInt(bytes)
                  .array()));
    }
  }

  @Override
  public DataReader dataReader() {
    return reader;
  }

  @Override
  public WatchedWriter dataWriter() {
    return writer;
  }

  @Override
  public ListenerContext listenerContext() {
    return target.listenerContext();
  }

  @Override
  public ExecutorService executor() {
    return target.executor();
  }

  @Override
  public Router router() {
    return target.router();
  }

  @Override
  public Optional<ProxyProtocolData> proxyProtocolData() {
    return target.proxyProtocolData();
  }

  @Override
  public HelidonSocket serverSocket() {
    return target.serverSocket();
  }

  @Override
  public PeerInfo remotePeer() {
    return target.remotePeer();
  }

  @Override
  public PeerInfo localPeer() {
    return target.localPeer();
  }

  @Override
  public boolean isSecure() {
    return target.isSecure();
  }

  @Override
  public String socketId() {
    return target.socketId();
  }

  @Override
  public String childSocketId() {
    return target.childSocketId();
  }
}
