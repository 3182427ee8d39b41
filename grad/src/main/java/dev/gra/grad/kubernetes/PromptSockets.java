package dev.gra.grad.kubernetes;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/**
 * Sockets without Nagle's algorithm, which OkHttp leaves on: the second of two small frames would
 * wait for the first one's acknowledgement, 40 ms. They are read in large pieces: TLS asks for each
 * record's header, then for the rest of it.
 */
final class PromptSockets extends SocketFactory {
  private static final int BYTES = 64 << 10;

  private static final class Buffered extends Socket {
    private InputStream input;

    @Override
    public synchronized InputStream getInputStream() throws IOException {
      if (input == null) {
        input = new BufferedInputStream(super.getInputStream(), BYTES);
      }
      return input;
    }
  }

  @Override
  public Socket createSocket() throws IOException {
    var socket = new Buffered();
    socket.setTcpNoDelay(true);
    return socket;
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw connected();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress from, int fromPort) {
    throw connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) {
    throw connected();
  }

  /** OkHttp connects by itself, within its time-out. */
  private static UnsupportedOperationException connected() {
    return new UnsupportedOperationException("sockets are made unconnected only");
  }
}
