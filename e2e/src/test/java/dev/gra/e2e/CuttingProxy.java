package dev.gra.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** The way to a server, which breaks each time some bytes went through it, so many times. */
final class CuttingProxy implements AutoCloseable {
  private final InetSocketAddress target;
  private final long every;
  private final int times;
  private final ServerSocket door;
  private final List<Socket> open = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private long passed;
  private int cuts;
  private boolean closed;

  /**
   * A proxy of a local grad.
   *
   * @param every how many bytes, both ways together
   * @param times how often
   */
  static CuttingProxy before(LocalGra gra, long every, int times) {
    String address = String.valueOf(gra.status().get("grpcAddress"));
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    return new CuttingProxy(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), every, times);
  }

  private CuttingProxy(InetSocketAddress target, long every, int times) {
    this.target = target;
    this.every = every;
    this.times = times;
    try {
      door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    begin("door", this::serve);
  }

  String address() {
    return "127.0.0.1:" + door.getLocalPort();
  }

  synchronized int cuts() {
    return cuts;
  }

  synchronized long passed() {
    return passed;
  }

  private synchronized void begin(String name, Runnable work) {
    threads.add(Thread.ofPlatform().name("cutting-proxy-" + name).start(work));
  }

  private void serve() {
    while (true) {
      try {
        Socket client = door.accept();
        Socket server = new Socket(target.getAddress(), target.getPort());
        if (!keep(client, server)) {
          return;
        }
        begin("up", () -> pass(client, server));
        begin("down", () -> pass(server, client));
      } catch (IOException e) {
        return; // The door is closed.
      }
    }
  }

  private synchronized boolean keep(Socket client, Socket server) throws IOException {
    open.add(client);
    open.add(server);
    if (closed) {
      cut();
    }
    return !closed;
  }

  private void pass(Socket from, Socket to) {
    byte[] buffer = new byte[64 << 10];
    try {
      for (int n = from.getInputStream().read(buffer);
          n >= 0;
          n = from.getInputStream().read(buffer)) {
        if (count(n)) {
          return;
        }
        to.getOutputStream().write(buffer, 0, n);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      return; // One side has gone, or was cut: the other notices by itself.
    }
  }

  /** What came at last is lost. */
  private synchronized boolean count(int bytes) throws IOException {
    passed += bytes;
    boolean due = cuts < times && passed >= every * (cuts + 1);
    if (due) {
      cuts++;
      cut();
    }
    return due;
  }

  private void cut() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
    open.clear();
  }

  @Override
  public void close() throws IOException {
    List<Thread> left;
    synchronized (this) {
      closed = true;
      door.close();
      cut();
      left = List.copyOf(threads);
    }
    for (Thread thread : left) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }
  }
}
