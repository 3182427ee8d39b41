package dev.gra.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a copy says on its way, by a clock of its own. */
class CopyProgressTest {
  private static final long MIB = 1 << 20;

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private CopyProgress progress(boolean terminal) {
    return new CopyProgress(
        new Messages(new PrintStream(said, true, StandardCharsets.UTF_8), terminal), 0);
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  private static long at(double seconds) {
    return Duration.ofMillis((long) (seconds * 1000)).toNanos();
  }

  @Test
  void a_person_sees_bytes_total_rate_and_the_time_left_in_one_line() {
    CopyProgress progress = progress(true);
    progress.total(2048 * MIB);

    progress.bytes(100 * MIB, at(2));
    progress.bytes(1, at(2.1)); // Too soon to be told.
    progress.bytes(1436 * MIB, at(32));

    assertThat(said())
        .isEqualTo(
            "\r\u001b[Kgractl: 100.0 MiB of 2.00 GiB, 50 MiB/s, 39 s left"
                + "\r\u001b[Kgractl: 1.50 GiB of 2.00 GiB, 48 MiB/s, 11 s left");
  }

  @Test
  void without_a_total_no_time_left_is_made_up() {
    progress(true).bytes(100 * MIB, at(2));

    assertThat(said()).endsWith("gractl: 100.0 MiB, 50 MiB/s");
  }

  @Test
  void where_nobody_looks_there_is_a_line_a_minute() {
    CopyProgress progress = progress(false);
    progress.total(600 * MIB);

    for (int second = 1; second <= 130; second++) {
      progress.bytes(MIB, at(second));
    }

    assertThat(said())
        .isEqualTo(
            """
            gractl: copying: 61.0 MiB of 600.0 MiB, 1 MiB/s, 9 min left
            gractl: copying: 122.0 MiB of 600.0 MiB, 1 MiB/s, 8 min left
            """);
  }
}
