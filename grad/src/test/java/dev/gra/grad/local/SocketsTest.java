package dev.gra.grad.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gra.grad.runner.RunnerUid;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SocketsTest {
  private Path directory;
  private Map<String, String> environment;

  @BeforeEach
  void make() throws IOException {
    directory = Files.createTempDirectory("gra-s");
    environment = Map.of("XDG_RUNTIME_DIR", directory.toString());
  }

  @AfterEach
  void delete() throws IOException {
    Trees.delete(directory);
  }

  @Test
  void a_socket_is_reached_whatever_the_length_of_its_path() throws IOException {
    var uid = RunnerUid.random();
    var shortest =
        new RunnerDirectory(directory.resolve(uid.value()), uid).socket().toString().length();
    for (var length = shortest + 2; length < 130; length++) {
      var home = directory.resolve("a".repeat(length - shortest - 1));
      var runner = new RunnerDirectory(home.resolve(uid.value()), uid);
      assertThat(runner.socket().toString()).hasSize(length);
      Files.createDirectories(runner.link());
      var sockets = Sockets.of(home, environment);

      try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        listener.bind(UnixDomainSocketAddress.of(sockets.reach(runner)));
        assertThat(runner.socket()).exists();
        try (var channel = Greeting.connect(sockets.reach(runner))) {
          assertThat(channel.isConnected()).isTrue();
        }
      }

      sockets.forget(runner);
      assertThat(sockets.links()).doesNotExist();
    }
  }

  @Test
  void a_directory_of_links_that_others_could_have_made_is_refused() throws IOException {
    var uid = RunnerUid.random();
    var home = directory.resolve("a".repeat(120));
    var runner = new RunnerDirectory(home.resolve(uid.value()), uid);
    var sockets = Sockets.of(home, environment);
    Files.createSymbolicLink(sockets.links(), Files.createDirectory(directory.resolve("theirs")));

    assertThatThrownBy(() -> sockets.reach(runner)).hasMessageContaining("is not a directory");
  }

  @Test
  void a_directory_of_links_that_others_can_look_into_is_closed_to_them() throws IOException {
    var uid = RunnerUid.random();
    var home = directory.resolve("a".repeat(120));
    var runner = new RunnerDirectory(home.resolve(uid.value()), uid);
    Files.createDirectories(runner.link());
    var sockets = Sockets.of(home, environment);
    Files.createDirectory(sockets.links());
    Files.setPosixFilePermissions(sockets.links(), PosixFilePermissions.fromString("rwxrwxrwx"));

    sockets.reach(runner);

    assertThat(Files.getPosixFilePermissions(sockets.links())).isEqualTo(OwnerOnly.MODE);
  }
}
