package dev.gra.grad.helidon;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A way to a server that can be cut in the middle, by closing its connections. */
final class CutConnection implements AutoCloseable {
  private final int target;
  private final ServerSocket listener;
  private final List<Socket> sockets = new ArrayList<>();

  CutConnection(int target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("cut-accept").start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  void cut() throws IOException {
    listener.close();
    synchronized (sockets) {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    cut();
  }

  private void accept() {
    try {
      while (!listener.isClosed()) {
        Socket in = listener.accept();
        Socket out = new Socket(InetAddress.getLoopbackAddress(), target);
        synchronized (sockets) {
          sockets.add(in);
          sockets.add(out);
        }
        Thread.ofVirtual().name("cut-up").start(() -> pump(in, out));
        Thread.ofVirtual().name("cut-down").start(() -> pump(out, in));
      }
    } catch (IOException e) {
      // The listener is closed: that is the cut.
      Thread.currentThread().interrupt();
    }
  }

  private static void pump(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // Either side may be cut at any time.
      Thread.currentThread().interrupt();
    }
  }
}
