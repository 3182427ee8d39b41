package dev.gra.client.cli;

import com.google.protobuf.ByteString;
import dev.gra.client.ExecOptions;
import dev.gra.client.ExecOutcome;
import dev.gra.client.GraClient;
import dev.gra.client.GraException;
import dev.gra.client.OutputSink;
import dev.gra.client.TraceParent;
import dev.gra.v1.Ending;
import dev.gra.v1.FailedToStart;
import dev.gra.v1.Stream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Listens on a port here and leads each connection to a port of a runner, at most 100 at once; more
 * wait to be accepted.
 */
public final class Forward implements AutoCloseable {
  private static final int MOST = 100;
  private static final int BACKLOG = 256;
  private static final int LAST_WORDS_SECONDS = 3;

  private final GraClient client;
  private final Messages messages;
  private final TraceParent trace;
  private final ForwardTarget target;
  private final ServerSocketChannel server;
  private final Semaphore room = new Semaphore(MOST);
  private final Map<ForwardedConnection, Thread> connections = new ConcurrentHashMap<>();
  private final AtomicReference<GraException> end = new AtomicReference<>();
  private String told = "";

  private Forward(Session session, ForwardTarget target, ServerSocketChannel server) {
    this.client = session.client();
    this.messages = session.messages();
    this.trace = session.telemetry().span();
    this.target = target;
    this.server = server;
  }

  /**
   * Listens from now on.
   *
   * @param address the address of this machine to listen on
   * @param port the port, 0 for any that is free
   * @throws GraException if the runner has no socat, or the port can't be had
   */
  public static Forward open(Session session, ForwardTarget target, String address, int port) {
    requireSocat(session, target);
    try {
      InetAddress here = InetAddress.getByName(address);
      ServerSocketChannel server = ServerSocketChannel.open();
      try {
        server.bind(new InetSocketAddress(here, port), BACKLOG);
      } catch (IOException e) {
        server.close();
        throw e;
      }
      return new Forward(session, target, server);
    } catch (UnknownHostException e) {
      throw Usage.error("--address " + address + ": no address of this machine", "127.0.0.1");
    } catch (IOException e) {
      throw GraException.of(
          "PORT_UNAVAILABLE",
          address + ":" + port + " can't be listened on: " + e.getMessage(),
          "gractl forward " + target.runner() + " " + target.port() + ":0",
          e);
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.socket().getLocalSocketAddress();
  }

  /** What it does, for JSON. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = Json.object("Forward");
    json.put("runner", target.runner());
    json.put("runnerUid", target.uid());
    json.put("port", target.port());
    json.put("address", address().getAddress().getHostAddress());
    json.put("localPort", address().getPort());
    return json;
  }

  /** Serves until it is closed, or the runner is gone; answers the exit code. */
  public int serve() throws InterruptedException {
    try {
      while (true) {
        room.acquire();
        accepted(server.accept());
      }
    } catch (ClosedChannelException e) {
      // By close(), or by the connection that found the runner gone.
      close();
    } catch (IOException e) {
      close();
      throw GraException.of("FORWARD_FAILED", "accepting a connection: " + e, null, e);
    }
    GraException why = end.get();
    if (why == null) {
      return 0;
    }
    messages.error(why, false);
    return Usage.exitCode(why);
  }

  private void accepted(SocketChannel local) {
    ForwardedConnection connection = new ForwardedConnection(client, local, target, trace);
    String name = "gra-forward-" + local.socket().getPort();
    Thread thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> serve(connection));
    connections.put(connection, thread);
    thread.start();
  }

  private void serve(ForwardedConnection connection) {
    try {
      switch (connection.run()) {
        case ForwardedConnection.Result.Over _ -> tell("");
        case ForwardedConnection.Result.Trouble(GraException why) -> tell(Messages.line(why));
        case ForwardedConnection.Result.RunnerGone(GraException why) -> {
          end.compareAndSet(null, why);
          server.close();
        }
      }
    } catch (IOException e) {
      tell("the port can't be closed: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connections.remove(connection);
      room.release();
    }
  }

  /**
   * A browser tries again and again: the same trouble is told once, until a connection was well.
   */
  private synchronized void tell(String trouble) {
    if (!trouble.isEmpty() && !trouble.equals(told) && server.isOpen()) {
      messages.say(trouble);
    }
    told = trouble;
  }

  /** Listens no more, ends all connections and waits for their execs' ends, at most 3 s. */
  @Override
  public void close() {
    try {
      server.close();
      connections.keySet().forEach(ForwardedConnection::end);
      // Whoever accepts has taken room for one more.
      if (room.tryAcquire(MOST - 1, LAST_WORDS_SECONDS, TimeUnit.SECONDS)) {
        room.release(MOST - 1);
      }
    } catch (IOException e) {
      messages.say("the port can't be closed: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void requireSocat(Session session, ForwardTarget target) {
    try {
      var exec = session.client().exec(target.probe(), ExecOptions.to(new Unheard()));
      if (exec.run() instanceof ExecOutcome.Finished finished) {
        require(target, finished.ended().getEnding());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw GraException.of("INTERRUPTED", "forward was interrupted", null, e);
    }
  }

  private static void require(ForwardTarget target, Ending ending) {
    if (ending.getFailedToStart().getReason() == FailedToStart.Reason.REASON_NOT_FOUND) {
      throw GraException.of(
          "SOCAT_MISSING",
          "runner " + target.runner() + " has no socat, by which its ports are reached",
          "apt-get install socat (on this machine, or in the runner's image)");
    }
    if (ExitCodes.of(ending) != 0) {
      throw GraException.of(
          "FORWARD_FAILED",
          "socat in runner " + target.runner() + " " + Endings.describe(ending),
          null);
    }
  }

  private static final class Unheard implements OutputSink {
    @Override
    public void write(Stream stream, long offset, ByteString data) {}

    @Override
    public void gap(Stream stream, long from, long to) {}
  }
}
