package dev.gra.runnerd.link;

import dev.gra.link.v1.Hello;
import dev.gra.runnerd.exec.Engine;
import dev.gra.runnerd.log.Log;
import dev.gra.runnerd.process.Handler;
import dev.gra.runnerd.process.Interest;
import dev.gra.runnerd.process.Reactor;
import dev.gra.runnerd.process.UnixServer;
import dev.gra.runnerd.process.UnixSocket;
import dev.gra.runnerd.process.Watch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Takes links on a unix socket. Belongs to the reactor's thread. */
public final class LinkServer implements Handler {
  private static final int BACKLOG = 64;
  private static final int MOST_LINKS = 64;
  private static final int READ_BYTES = 64 * 1024;

  private final Reactor reactor;
  private final Engine engine;
  private final Hello hello;
  private final UnixServer server;
  private final Watch watch;
  private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BYTES);
  private final Set<Connection> connections = new LinkedHashSet<>();

  /** Begins to listen. */
  public LinkServer(Reactor reactor, Engine engine, Hello hello, Path socket) throws IOException {
    this.reactor = reactor;
    this.engine = engine;
    this.hello = hello;
    this.server = UnixServer.listen(socket, BACKLOG);
    this.watch = reactor.watch(server.fd(), this);
    watch.interest(Interest.READ);
  }

  /** Whether all that could be sent was. */
  public boolean isDrained() {
    return connections.stream().allMatch(Connection::isDrained);
  }

  /** Takes no more links, and ends those there are. */
  public void close() throws IOException {
    watch.cancel();
    server.close();
    List.copyOf(connections).forEach(Connection::close);
  }

  @Override
  public void ready(int events) throws IOException {
    Optional<UnixSocket> socket = server.accept();
    while (socket.isPresent()) {
      open(socket.get());
      socket = server.accept();
    }
  }

  @Override
  public void failed(Throwable cause) {
    Log.error("a link can't be accepted", cause);
  }

  private void open(UnixSocket socket) {
    if (connections.size() >= MOST_LINKS) {
      Log.warn("there are " + MOST_LINKS + " links: another one is refused");
      socket.close();
      return;
    }
    Connection[] opened = new Connection[1];
    opened[0] =
        new Connection(
            reactor, engine, hello(), socket, readBuffer, () -> connections.remove(opened[0]));
    connections.add(opened[0]);
  }

  private Hello hello() {
    Hello.Builder now = hello.toBuilder();
    engine.lostSince().ifPresent(now::setLostSince);
    return now.build();
  }
}
