package dev.gra.runnerd.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A listening unix stream socket that only its owner may connect to. */
public final class UnixServer implements AutoCloseable {
  private final Path path;
  private final int fd;
  private boolean closed;

  private UnixServer(Path path, int fd) {
    this.path = path;
    this.fd = fd;
  }

  /**
   * Listens. A socket that nobody listens on any more is replaced; one that somebody does is an
   * error.
   *
   * @param path at most 107 bytes long
   */
  public static UnixServer listen(Path path, int backlog) throws IOException {
    return new UnixServer(path, UnixAddress.listen(path, backlog));
  }

  /** The descriptor, for {@link Reactor#watch}; close the server, and only cancel the watch. */
  public int fd() {
    return fd;
  }

  /** The next connection that waits, if one does. */
  public Optional<UnixSocket> accept() throws IOException {
    int socket = UnixAddress.accept(fd);
    return socket == Fds.WOULD_BLOCK ? Optional.empty() : Optional.of(new UnixSocket(socket));
  }

  /** Stops listening and removes the socket's file. */
  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      // First the file: from the close on, another server may take the path.
      Files.deleteIfExists(path);
      Fds.close(fd);
    }
  }
}
