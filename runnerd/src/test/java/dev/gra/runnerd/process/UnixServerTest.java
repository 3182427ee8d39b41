package dev.gra.runnerd.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixServerTest {
  private static final int TOTAL = 64 << 20;

  @TempDir Path directory;

  @Test
  void only_the_owner_may_connect() throws Exception {
    Path path = directory.resolve("s");
    try (UnixServer server = UnixServer.listen(path, 10)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-------");
      assertThat(server.accept()).isEmpty();
    }
    assertThat(path).doesNotExist();
  }

  @Test
  void a_stale_socket_is_replaced_and_a_live_one_is_not() throws Exception {
    Path path = directory.resolve("s");
    UnixServer stale = UnixServer.listen(path, 10);
    Fds.close(stale.fd());
    try (UnixServer server = UnixServer.listen(path, 10)) {
      assertThatThrownBy(() -> UnixServer.listen(path, 10))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("already");
      try (UnixSocket client = UnixSocket.connect(path)) {
        assertThat(client.read(ByteBuffer.allocateDirect(1))).isEqualTo(Fds.WOULD_BLOCK);
      }
      assertThat(server.accept()).isPresent();
    }
  }

  @Test
  void what_is_no_socket_is_left_alone() throws Exception {
    Path path = Files.writeString(directory.resolve("s"), "precious");
    assertThatThrownBy(() -> UnixServer.listen(path, 10)).isInstanceOf(IOException.class);
    assertThat(path).hasContent("precious");
  }

  @Test
  void a_path_that_is_too_long_is_refused_in_words() {
    assertThatThrownBy(() -> UnixServer.listen(directory.resolve("x".repeat(120)), 10))
        .hasMessageContaining("107 bytes");
  }

  @Test
  void the_end_of_the_peer_is_seen() throws Exception {
    Path path = directory.resolve("s");
    try (UnixServer server = UnixServer.listen(path, 10);
        UnixSocket client = UnixSocket.connect(path)) {
      server.accept().orElseThrow().close();
      assertThat(client.read(ByteBuffer.allocateDirect(1))).isEqualTo(Fds.CLOSED);
      assertThat(client.write(ByteBuffer.allocateDirect(1))).isEqualTo(Fds.CLOSED);
    }
  }

  @Test
  void sixty_four_mebibytes_come_back_as_they_went() throws Exception {
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    Path path = directory.resolve("s");
    try (UnixServer server = UnixServer.listen(path, 10);
        Reactor reactor = new Reactor("echo", failures::add);
        UnixSocket client = UnixSocket.connect(path)) {
      UnixSocket accepted = server.accept().orElseThrow();
      Echo echo = new Echo(accepted);
      CompletableFuture<Long> received = new CompletableFuture<>();
      Source source = new Source(client, received);
      reactor.post(
          () -> {
            echo.watch = reactor.watch(accepted.fd(), echo);
            echo.watch.interest(Interest.READ);
            source.watch = reactor.watch(client.fd(), source);
            source.watch.interest(Interest.READ_WRITE);
          });
      assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo(source.sent.getValue());
      accepted.close();
    }
    assertThat(failures).isEmpty();
  }

  /** Sends back what it reads; reads no more while it can't. */
  private static final class Echo implements Handler {
    private final UnixSocket socket;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
    private Watch watch;

    Echo(UnixSocket socket) {
      this.socket = socket;
    }

    @Override
    public void ready(int events) throws IOException {
      if (buffer.position() == 0 && socket.read(buffer) < 0) {
        return;
      }
      buffer.flip();
      int written = socket.write(buffer);
      buffer.compact();
      watch.interest(
          buffer.position() > 0 || written == Fds.WOULD_BLOCK ? Interest.WRITE : Interest.READ);
    }

    @Override
    public void failed(Throwable cause) {
      watch.cancel();
      throw new AssertionError(cause);
    }
  }

  private static final class Source implements Handler {
    private final UnixSocket socket;
    private final CompletableFuture<Long> received;
    private final CRC32C sent = new CRC32C();
    private final CRC32C back = new CRC32C();
    private final Random random = new Random(1);
    private final ByteBuffer out = ByteBuffer.allocateDirect(64 << 10);
    private final ByteBuffer in = ByteBuffer.allocateDirect(64 << 10);
    private int remaining = TOTAL;
    private int missing = TOTAL;
    private Watch watch;

    Source(UnixSocket socket, CompletableFuture<Long> received) {
      this.socket = socket;
      this.received = received;
      out.limit(0);
    }

    @Override
    public void ready(int events) throws IOException {
      if ((events & Watch.WRITABLE) != 0) {
        send();
      }
      if ((events & Watch.READABLE) != 0) {
        receive();
      }
    }

    private void send() throws IOException {
      if (!out.hasRemaining()) {
        if (remaining == 0) {
          watch.interest(Interest.READ);
          return;
        }
        byte[] bytes = new byte[Math.min(remaining, out.capacity())];
        random.nextBytes(bytes);
        sent.update(bytes);
        out.clear().put(bytes).flip();
        remaining -= bytes.length;
      }
      socket.write(out);
    }

    private void receive() throws IOException {
      in.clear();
      int count = socket.read(in);
      if (count > 0) {
        back.update(in.flip());
        missing -= count;
      }
      if (missing == 0) {
        watch.cancel();
        received.complete(back.getValue());
      }
    }

    @Override
    public void failed(Throwable cause) {
      watch.cancel();
      received.completeExceptionally(cause);
    }
  }
}
