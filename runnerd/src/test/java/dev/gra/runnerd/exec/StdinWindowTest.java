package dev.gra.runnerd.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gra.protocol.Limits;
import dev.gra.v1.Start;
import org.junit.jupiter.api.Test;

class StdinWindowTest {
  private static final Start FED = Start.newBuilder().setStdin(true).build();

  @Test
  void a_few_have_a_large_one_and_many_a_small_one_and_who_is_not_fed_none() {
    assertThat(StdinWindow.of(FED, 0)).isEqualTo(Limits.STDIN_WINDOW_BYTES);
    assertThat(StdinWindow.of(FED, 3)).isEqualTo(Limits.STDIN_WINDOW_BYTES);
    assertThat(StdinWindow.of(FED, 4)).isEqualTo(StdinWindow.SMALL_BYTES);
    assertThat(StdinWindow.of(Start.getDefaultInstance(), 0)).isZero();
  }
}
