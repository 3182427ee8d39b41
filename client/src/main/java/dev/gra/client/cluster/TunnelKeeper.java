package dev.gra.client.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The process that keeps a tunnel: it listens on a port that stays the same, and leads each
 * connection through a kubectl, which it starts again when the old one is of no more use. Started
 * by {@link Tunnel}; not for calling by hand.
 */
public final class TunnelKeeper implements AutoCloseable {
  private static final int BACKLOG = 64;
  private static final int MOST_CONNECTIONS = 512;

  private final Path file;
  private final List<String> kubectl;
  private final ServerSocket server;
  private final Idleness idleness;
  private final AtomicInteger answered = new AtomicInteger();
  private TunnelFile told;
  private KubectlForward forward;
  private boolean closed;

  private TunnelKeeper(Path file, Idleness idleness, List<String> kubectl) throws IOException {
    this.file = file;
    this.idleness = idleness;
    this.kubectl = kubectl;
    this.server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
  }

  /** Takes the tunnel's file, the milliseconds it may be idle (negative: no end), and kubectl. */
  public static void main(String... args) throws InterruptedException {
    List<String> kubectl = List.of(args).subList(2, args.length);
    Idleness idleness = new Idleness(Long.parseLong(args[1]));
    // A class that isn't there, say, because our jar was built anew: the next gractl starts
    // another.
    Thread.setDefaultUncaughtExceptionHandler(TunnelKeeper::giveUp);
    try {
      TunnelKeeper keeper = new TunnelKeeper(Path.of(args[0]), idleness, kubectl);
      Runtime.getRuntime().addShutdownHook(new Thread(keeper::close, "gra-tunnel-end"));
      keeper.open();
      Thread.ofPlatform().daemon().name("gra-tunnel-accept").start(keeper::accept);
    } catch (IOException e) {
      // Tunnel reads this: it is kubectl's own word.
      System.err.println(e.getMessage());
      System.exit(1);
    }
    idleness.await();
    System.exit(0);
  }

  private static void giveUp(Thread thread, Throwable failure) {
    System.err.println(thread.getName() + ": " + failure);
    System.exit(1);
  }

  private void open() throws IOException {
    forward().port();
    synchronized (this) {
      told =
          new TunnelFile(
              ProcessHandle.current().pid(),
              server.getLocalPort(),
              Instant.now(),
              value("--context="),
              value("--namespace="),
              "");
      told.write(file);
    }
  }

  private String value(String option) {
    return kubectl.stream()
        .filter(word -> word.startsWith(option))
        .map(word -> word.substring(option.length()))
        .findFirst()
        .orElseThrow();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        if (idleness.opened() > MOST_CONNECTIONS) {
          client.close();
          idleness.closed();
        } else {
          Thread.ofPlatform()
              .daemon()
              .name("gra-tunnel-" + client.getPort())
              .start(() -> serve(client));
        }
      }
    } catch (IOException e) {
      // Without a port there is no tunnel: the next gractl opens another.
      System.err.println("accept: " + e);
      System.exit(1);
    }
  }

  private void serve(Socket client) {
    try (client) {
      KubectlForward through = forward();
      int port = through.port();
      trouble("");
      pass(client, through, port);
    } catch (IOException e) {
      trouble(String.valueOf(e.getMessage()));
    } finally {
      idleness.closed();
    }
  }

  private void pass(Socket client, KubectlForward through, int port) throws IOException {
    Relay relay = new Relay(client, answered);
    switch (relay.run(port)) {
      case DONE -> {}
      // Others that go on by it show that it isn't kubectl.
      case REFUSED -> {
        trouble("grad's pod does not answer");
        if (answered.get() == 0) {
          giveUp(through);
        }
      }
      case UNANSWERED -> {
        trouble("grad's pod does not answer");
        giveUp(through);
      }
    }
  }

  /** The kubectl of now; another one if it has ended, as it does when its pod goes. */
  private synchronized KubectlForward forward() throws IOException {
    if (closed) {
      throw new IOException("the tunnel ends");
    }
    if (forward == null || !forward.lives()) {
      giveUp(forward);
      forward = KubectlForward.start(kubectl);
    }
    return forward;
  }

  private synchronized void giveUp(KubectlForward useless) {
    if (useless != null && useless == forward) {
      forward = null;
      useless.close();
    }
  }

  // For people: gractl tunnel status, and what a gractl that can't reach grad says.
  private synchronized void trouble(String why) {
    if (told != null && !closed && !told.trouble().equals(why)) {
      told = told.withTrouble(why);
      try {
        told.write(file);
      } catch (IOException e) {
        System.err.println("the tunnel's file: " + e);
      }
    }
  }

  @Override
  public void close() {
    KubectlForward last;
    synchronized (this) {
      closed = true;
      last = forward;
    }
    try {
      server.close();
      // Another keeper may have written its own by now.
      long pid = ProcessHandle.current().pid();
      if (TunnelFile.read(file).filter(own -> own.pid() == pid).isPresent()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.err.println("the tunnel's end: " + e);
    }
    if (last != null) {
      last.close();
    }
  }
}
