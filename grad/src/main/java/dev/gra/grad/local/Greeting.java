package dev.gra.grad.local;

import dev.gra.grad.runner.RunnerUid;
import dev.gra.link.v1.Hello;
import dev.gra.link.v1.LinkRequest;
import dev.gra.link.v1.LinkResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;

/** Finds out by a Hello whose runnerd is behind a socket. */
final class Greeting {
  private static final int VERSION = 1;
  private static final int MAX_HELLO = 64 << 10;

  private Greeting() {}

  /**
   * A connection to what listens there. A command can put anything in the socket's place: links
   * aren't followed.
   */
  static SocketChannel connect(Path socket) throws IOException {
    var mode = (Integer) Files.getAttribute(socket, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & 0170000) != 0140000) {
      throw new IOException(socket + " is not a socket");
    }
    var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Whether the runner's own runnerd answers within the time. Throws if nothing listens or it says
   * nonsense.
   */
  static boolean answers(Path socket, RunnerUid uid, Duration patience) throws IOException {
    try (var channel = connect(socket)) {
      channel.write(ByteBuffer.wrap(hello()));
      channel.configureBlocking(false);
      var answer =
          LinkResponse.parseDelimitedFrom(new ByteArrayInputStream(frame(channel, patience)));
      return answer.hasHello() && answer.getHello().getRunnerUid().equals(uid.value());
    }
  }

  private static byte[] hello() throws IOException {
    var hello =
        Hello.newBuilder()
            .setMinVersion(VERSION)
            .setMaxVersion(VERSION)
            .setSoftware("grad")
            .build();
    var bytes = new ByteArrayOutputStream();
    LinkRequest.newBuilder().setHello(hello).build().writeDelimitedTo(bytes);
    return bytes.toByteArray();
  }

  /** The bytes of the first frame, and perhaps some more. */
  private static byte[] frame(SocketChannel channel, Duration patience) throws IOException {
    var buffer = ByteBuffer.allocate(MAX_HELLO);
    var deadline = System.nanoTime() + patience.toNanos();
    try (var selector = Selector.open()) {
      channel.register(selector, SelectionKey.OP_READ);
      while (!whole(buffer)) {
        var left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (left <= 0 || !buffer.hasRemaining()) {
          throw new IOException("no Hello");
        }
        selector.select(left);
        selector.selectedKeys().clear();
        if (channel.read(buffer) < 0) {
          throw new IOException("closed before Hello");
        }
      }
    }
    return java.util.Arrays.copyOf(buffer.array(), buffer.position());
  }

  /** Whether a varint and as many bytes as it says are there. */
  private static boolean whole(ByteBuffer buffer) {
    var length = 0L;
    for (var i = 0; i < buffer.position() && i < 4; i++) {
      length |= (long) (buffer.get(i) & 0x7f) << (7 * i);
      if (buffer.get(i) >= 0) {
        return buffer.position() >= i + 1 + length;
      }
    }
    return false;
  }
}
