package dev.gra.client.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.gra.client.local.GraHome;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigBlockTest {
  private final ConfigBlock block =
      new ConfigBlock(
          new SshOptions(new GraHome(Path.of("/state/50% gra")), List.of("/bin/it's", "A=100%")));

  private String in(String file) {
    return block.in("config", ByteString.copyFromUtf8(file)).toStringUtf8();
  }

  private static String outOf(String file) {
    return ConfigBlock.outOf("config", ByteString.copyFromUtf8(file)).toStringUtf8();
  }

  @Test
  void it_stands_first_and_ends_for_all_hosts() {
    assertThat(in("User me\n"))
        .startsWith("# gra:begin\n")
        .endsWith("Match all\n# gra:end\n\nUser me\n");
  }

  @Test
  void a_second_time_changes_nothing() {
    assertThat(in(in("User me\n"))).isEqualTo(in("User me\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "User me\n", "\n\nHost a\n", "no end", "Host ä\r\n\r\n"})
  void taken_out_it_leaves_what_was_there(String file) {
    assertThat(outOf(in(file))).isEqualTo(file);
    assertThat(outOf(file)).isEqualTo(file);
  }

  @Test
  void paths_and_words_are_quoted_for_ssh_and_its_shell() {
    assertThat(block.text())
        .contains("  ProxyCommand '/bin/it'\\''s' 'A=100%%' '%h' '%r'\n")
        .contains("  IdentityFile \"/state/50%% gra/client/ssh/%h/identity/key\"\n");
  }
}
