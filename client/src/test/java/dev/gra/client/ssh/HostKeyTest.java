package dev.gra.client.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gra.client.GraException;
import dev.gra.client.local.GraHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostKeyTest {
  private static final HostKey ONE = new HostKey("ssh-ed25519", "AAAAone");
  private static final HostKey OTHER = new HostKey("ssh-ed25519", "AAAAother");

  @TempDir Path directory;
  private SshHost host;

  @BeforeEach
  void prepare() throws IOException {
    host = new SshHost(new GraHome(directory), "tour");
    GraHome.privateDirectory(host.directory());
  }

  private String known() throws IOException {
    return Files.readString(host.knownHosts());
  }

  @Test
  void the_first_key_of_a_runner_is_believed_and_stays() throws Exception {
    ONE.learn(host, "uid-1");
    ONE.learn(host, "uid-1");

    assertThat(known()).isEqualTo("gra.tour ssh-ed25519 AAAAone uid-1\n");
  }

  @Test
  void another_key_of_the_same_runner_is_refused() throws Exception {
    ONE.learn(host, "uid-1");

    assertThatThrownBy(() -> OTHER.learn(host, "uid-1"))
        .isInstanceOf(GraException.class)
        .hasMessageContaining("another host key");
    assertThat(known()).contains("AAAAone");
  }

  @Test
  void a_new_runner_of_that_name_has_a_new_key() throws Exception {
    ONE.learn(host, "uid-1");
    OTHER.learn(host, "uid-2");

    assertThat(known()).isEqualTo("gra.tour ssh-ed25519 AAAAother uid-2\n");
  }

  @Test
  void what_says_something_else_has_no_key() {
    assertThat(HostKey.said("gra-ssh ssh-ed25519 AAAA+/=")).isPresent();
    assertThat(HostKey.said("gra-ssh ssh-ed25519")).isEmpty();
    assertThat(HostKey.said("SSH-2.0-OpenSSH_9.2")).isEmpty();
    assertThat(HostKey.said("gra-ssh ssh-ed25519 AAAA\nevil")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "../..", "gra.x/y", "gra.x'y", "-oProxyCommand=x", "x\ny", "X"})
  void what_can_be_no_runner_is_no_path_either(String name) {
    assertThatThrownBy(() -> SshHost.named(new GraHome(directory), name))
        .isInstanceOf(GraException.class);
  }
}
