package dev.gra.runnerd.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gra.runnerd.process.Exit;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class OomVerdictTest {
  private static final Exit KILLED = new Exit.Signalled(9, false, Duration.ZERO);
  private static final Exit EXITED = new Exit.Exited(1, Duration.ZERO);

  private OptionalLong count = OptionalLong.of(5);
  private long nanos;
  private final OomVerdict verdict = new OomVerdict(() -> count, () -> nanos);

  @Test
  void a_kill_without_a_rise_is_a_signal() {
    assertThat(verdict.outOfMemory(KILLED)).isFalse();
  }

  @Test
  void each_rise_is_claimed_once() {
    count = OptionalLong.of(7);
    assertThat(verdict.outOfMemory(KILLED)).isTrue();
    assertThat(verdict.outOfMemory(KILLED)).isTrue();
    assertThat(verdict.outOfMemory(KILLED)).isFalse();
  }

  @Test
  void a_rise_that_hit_no_main_process_is_nobodys_after_a_moment() {
    count = OptionalLong.of(6);
    assertThat(verdict.outOfMemory(EXITED)).isFalse();
    nanos += Duration.ofSeconds(2).toNanos();
    assertThat(verdict.outOfMemory(KILLED)).isFalse();
  }

  @Test
  void where_the_kernel_does_not_tell_nothing_is_claimed() {
    count = OptionalLong.empty();
    assertThat(verdict.outOfMemory(KILLED)).isFalse();
  }
}
