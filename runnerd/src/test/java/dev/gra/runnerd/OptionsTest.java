package dev.gra.runnerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
  private static final List<String> REQUIRED =
      List.of("--socket", "/s", "--state", "/st", "--workspace", "/w", "--runner-uid", "u");

  @Test
  void what_is_not_given_has_a_default() {
    Options options = Options.parse(REQUIRED);
    assertThat(options.idleTimeout()).hasValue(Duration.ofMinutes(5));
    assertThat(options.spoolBytes()).isEqualTo(64L << 20);
  }

  @Test
  void never_idle_is_said_by_name() {
    assertThat(Options.parse(with("--idle-timeout", "never")).idleTimeout()).isEmpty();
    assertThat(Options.parse(with("--idle-timeout", "7")).idleTimeout())
        .hasValue(Duration.ofSeconds(7));
  }

  @Test
  void wrong_usage_is_told_by_the_option() {
    assertWrong(List.of(), "--socket is missing");
    assertWrong(with("--idle-timeout", "-1"), "--idle-timeout wants a positive number, not -1");
    assertWrong(with("--idle-timeout", "soon"), "--idle-timeout wants a number, not soon");
    assertWrong(with("--what"), "unknown option --what");
    assertWrong(with("--spool-bytes"), "--spool-bytes wants a value");
    assertWrong(with("--socket", "/t"), "--socket is given twice");
  }

  private static void assertWrong(List<String> args, String message) {
    assertThatThrownBy(() -> Options.parse(args))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static List<String> with(String... more) {
    List<String> args = new ArrayList<>(REQUIRED);
    args.addAll(List.of(more));
    return args;
  }
}
