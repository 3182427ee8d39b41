package dev.gra.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gra.v1.CreationStage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CreationProgressTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private Messages messages(boolean terminal) {
    return new Messages(new PrintStream(out, true, StandardCharsets.UTF_8), terminal);
  }

  private String said() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private static CreationStage stage(String name, String message) {
    return CreationStage.newBuilder().setName(name).setMessage(message).build();
  }

  @Test
  void a_terminal_gets_one_line_that_is_gone_in_the_end() {
    try (var progress =
        new CreationProgress(messages(true), "r", Duration.ofHours(1), Duration.ofHours(1))) {
      progress.reached(stage("scheduled", "node-1"));
      assertThat(said()).endsWith("gractl: runner r: scheduled (node-1)");
    }
    assertThat(said()).endsWith("\r\u001b[K").doesNotContain("\n");
  }

  @Test
  void elsewhere_what_is_over_at_once_is_not_told() {
    try (var progress =
        new CreationProgress(messages(false), "r", Duration.ofHours(1), Duration.ofHours(1))) {
      progress.reached(stage("scheduled", ""));
      progress.reached(stage("ready", ""));
    }
    assertThat(said()).isEmpty();
  }

  @Test
  void elsewhere_a_stage_that_lasts_is_told_and_told_again() {
    try (var progress =
        new CreationProgress(messages(false), "r", Duration.ofMillis(30), Duration.ofMillis(90))) {
      progress.reached(stage("pulling", "image x"));
      await().until(() -> said().contains("gractl: runner r: pulling (image x)\n"));
      await().until(() -> said().contains("gractl: runner r: pulling (image x), for 0 s now\n"));
      progress.reached(stage("started", ""));
      await().until(() -> said().contains("gractl: runner r: started\n"));
    }
  }
}
