package dev.gra.runnerd.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A connected unix stream socket, O_NONBLOCK. */
public final class UnixSocket implements AutoCloseable {
  private final int fd;
  private boolean closed;

  UnixSocket(int fd) {
    this.fd = fd;
  }

  /** Connects to a listening socket. */
  public static UnixSocket connect(Path path) throws IOException {
    return new UnixSocket(UnixAddress.connect(path));
  }

  /** The descriptor, for {@link Reactor#watch}; close the socket, and only cancel the watch. */
  public int fd() {
    return fd;
  }

  /** As {@link Fds#read(int, ByteBuffer)}. */
  public int read(ByteBuffer buffer) throws IOException {
    return Fds.read(fd, buffer);
  }

  /** As {@link Fds#write(int, ByteBuffer)}. */
  public int write(ByteBuffer buffer) throws IOException {
    return Fds.write(fd, buffer);
  }

  /** Closes it; nothing happens the second time. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Fds.close(fd);
    }
  }
}
