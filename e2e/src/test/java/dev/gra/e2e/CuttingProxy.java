package dev.gra.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A way to a server that breaks after so many bytes, and can be gone again at once. */
final class CuttingProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final InetSocketAddress server;
  private final Deque<Long> cutsAfter;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger cuts = new AtomicInteger();
  private final AtomicLong passed = new AtomicLong();

  /**
   * Listens from now on.
   *
   * @param server {@code 127.0.0.1:PORT}
   * @param cutsAfter how many bytes pass either way before each cut
   */
  CuttingProxy(String server, Long... cutsAfter) throws IOException {
    int colon = server.lastIndexOf(':');
    this.server =
        new InetSocketAddress(
            server.substring(0, colon), Integer.parseInt(server.substring(colon + 1)));
    this.cutsAfter = new ConcurrentLinkedDeque<>(List.of(cutsAfter));
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start("accepts", this::accept);
  }

  /** Where to connect. */
  String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /** How often it has cut. */
  int cuts() {
    return cuts.get();
  }

  private static void start(String name, Runnable task) {
    Thread.ofPlatform().daemon().name("proxy-" + name).start(task);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket here = listener.accept();
        Socket there = new Socket(server.getAddress(), server.getPort());
        open.add(here);
        open.add(there);
        start("up", () -> pass(here, there));
        start("down", () -> pass(there, here));
      } catch (IOException e) {
        close();
      }
    }
  }

  private void pass(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[8192];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
        long now = passed.addAndGet(n);
        Long next = cutsAfter.peek();
        if (next != null && now >= next && cutsAfter.remove(next)) {
          passed.set(0);
          cuts.incrementAndGet();
          closeAll();
        }
      }
    } catch (IOException e) {
      // Broken, by us or by a peer: so is the other half.
      open.removeAll(Set.of(from, to));
    }
  }

  private void closeAll() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
    open.clear();
  }

  @Override
  public void close() {
    try {
      listener.close();
      closeAll();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
