package dev.gra.runnerd.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The socket calls, by path of a unix socket. */
final class UnixAddress {
  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM = 1;
  private static final int OWNER_ONLY = 0600;
  private static final int TYPE_MASK = 0170000;
  private static final int TYPE_SOCKET = 0140000;
  private static final int MAX_PATH = 107;
  private static final long PATH_OFFSET = 2;

  private static final MemorySegment SOCKET = Native.function("socket");
  private static final MemorySegment CONNECT = Native.function("connect");
  private static final MemorySegment BIND = Native.function("bind");
  private static final MemorySegment LISTEN = Native.function("listen");
  private static final MemorySegment ACCEPT4 = Native.function("accept4");
  private static final MemorySegment FCHMOD = Native.function("fchmod");

  private UnixAddress() {}

  static int connect(Path path) throws IOException {
    int fd = socket();
    try {
      Errno.check("connect to " + path, withAddress(CONNECT, fd, path));
      Fds.makeNonblocking(fd);
      return fd;
    } catch (IOException e) {
      Fds.close(fd);
      throw e;
    }
  }

  static int listen(Path path, int backlog) throws IOException {
    removeStale(path);
    int fd = socket();
    try {
      // On Linux the file takes its mode from the socket, so there is no moment in which others may
      // connect.
      Errno.check("fchmod", Native.callInt(FCHMOD, fd, OWNER_ONLY, 0, 0));
      Errno.check("bind to " + path, withAddress(BIND, fd, path));
      Errno.check("listen on " + path, Native.callInt(LISTEN, fd, backlog, 0, 0));
      Fds.makeNonblocking(fd);
      return fd;
    } catch (IOException e) {
      Fds.close(fd);
      throw e;
    }
  }

  /** A connection's descriptor, or {@link Fds#WOULD_BLOCK}. */
  static int accept(int listener) throws ErrnoException {
    int fd;
    do {
      fd = Native.callInt(ACCEPT4, listener, 0, 0, Fds.O_NONBLOCK | Fds.O_CLOEXEC);
    } while (fd == -Errno.EINTR || fd == -Errno.ECONNABORTED);
    return fd == -Errno.EAGAIN ? Fds.WOULD_BLOCK : Errno.check("accept", fd);
  }

  private static int socket() throws ErrnoException {
    return Errno.check(
        "socket", Native.callInt(SOCKET, AF_UNIX, SOCK_STREAM | Fds.O_CLOEXEC, 0, 0));
  }

  private static void removeStale(Path path) throws IOException {
    if (!isSocket(path)) {
      return; // not ours to remove, though connecting to it were refused just the same; bind
      // complains
    }
    int fd = socket();
    try {
      int result = withAddress(CONNECT, fd, path);
      if (result == 0) {
        throw new IOException("somebody listens on " + path + " already");
      }
      if (result == -Errno.ECONNREFUSED) {
        Files.deleteIfExists(path);
      }
    } finally {
      Fds.close(fd);
    }
  }

  private static boolean isSocket(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    return (mode & TYPE_MASK) == TYPE_SOCKET;
  }

  private static int withAddress(MemorySegment function, int fd, Path path) throws IOException {
    byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MAX_PATH) {
      throw new IOException("a socket's path has at most " + MAX_PATH + " bytes: " + path);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(PATH_OFFSET + MAX_PATH + 1, 8);
      address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
      MemorySegment.copy(bytes, 0, address, ValueLayout.JAVA_BYTE, PATH_OFFSET, bytes.length);
      return Native.callInt(function, fd, address.address(), address.byteSize(), 0);
    }
  }
}
