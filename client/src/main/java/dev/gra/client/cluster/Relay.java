package dev.gra.client.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** One connection of a gractl, passed on to kubectl's port, bytes both ways. */
final class Relay {
  /** How it ended, of which only two speak against kubectl. */
  enum Ending {
    /** As connections do. */
    DONE,
    /** The other side closed before it said a byte: grad's pod may have gone. */
    REFUSED,
    /** Nobody spoke: kubectl holds a connection that leads nowhere. */
    UNANSWERED
  }

  /** grad answers the first bytes of TLS at once, however far the cluster is. */
  private static final Duration ANSWER = Duration.ofSeconds(15);

  private static final int CONNECT_MILLIS = 5_000;
  private static final int BUFFER = 64 << 10;

  private final Socket client;
  private final AtomicInteger talking;
  private final Socket grad = new Socket();
  private volatile boolean clientLeft;
  private boolean answered;

  /**
   * For one connection.
   *
   * @param talking counts those that grad has answered, while they last
   */
  Relay(Socket client, AtomicInteger talking) {
    this.client = client;
    this.talking = talking;
  }

  /** Passes on until either side is done. */
  Ending run(int port) throws IOException {
    try (client;
        grad) {
      return passOn(port);
    } finally {
      if (answered) {
        talking.decrementAndGet();
      }
    }
  }

  private Ending passOn(int port) {
    try {
      grad.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
      client.setTcpNoDelay(true);
      grad.setTcpNoDelay(true);
      Thread.ofPlatform().daemon().name("gra-tunnel-up-" + client.getPort()).start(this::up);
      down();
    } catch (SocketTimeoutException e) {
      return clientLeft ? Ending.DONE : Ending.UNANSWERED;
    } catch (IOException e) {
      // Either side has gone: which, is known.
    }
    return answered || clientLeft ? Ending.DONE : Ending.REFUSED;
  }

  // A client that is done closes both ways, so its end is the connection's.
  private void up() {
    byte[] buffer = new byte[BUFFER];
    try (grad) {
      OutputStream out = grad.getOutputStream();
      for (int count = read(buffer); count >= 0; count = read(buffer)) {
        out.write(buffer, 0, count);
      }
    } catch (IOException e) {
      // grad's side has gone: the other thread sees it too.
    }
  }

  private int read(byte[] buffer) {
    int count = -1;
    try {
      count = client.getInputStream().read(buffer);
    } catch (IOException e) {
      // A client that was killed is one that left.
    }
    clientLeft |= count < 0;
    return count;
  }

  private void down() throws IOException {
    InputStream in = grad.getInputStream();
    OutputStream out = client.getOutputStream();
    grad.setSoTimeout((int) ANSWER.toMillis());
    byte[] buffer = new byte[BUFFER];
    int count = in.read(buffer);
    grad.setSoTimeout(0);
    if (count > 0) {
      answered = true;
      talking.incrementAndGet();
    }
    while (count >= 0) {
      out.write(buffer, 0, count);
      count = in.read(buffer);
    }
  }
}
