package dev.gra.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code gractl sync --watch}. Interrupted, it ends with 0 if nothing was under way; what is there
 * may be just before the sync's own end.
 */
@Tag("tools")
class SyncWatchTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private LocalGra gra;
  private Gractl gractl;
  @TempDir Path workspace;

  @BeforeEach
  void start() {
    gra = LocalGra.started();
    gractl = gra.gractl().in(workspace);
  }

  @AfterEach
  void stop() {
    gra.close();
  }

  private Gractl.Running watch(String... flags) {
    Gractl.Running running =
        gractl.start(
            Stream.concat(Stream.of("sync", "--watch"), Stream.of(flags)).toArray(String[]::new));
    await().atMost(PATIENCE).until(() -> running.err().contains("until Ctrl-C"));
    return running;
  }

  /** Looked at behind gra's back: what is measured is when it is there. */
  private void awaitInRunner(String name, String text) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(inRunner(name)).isEqualTo(text));
  }

  private String inRunner(String name) throws IOException {
    try (Stream<Path> runners = Files.list(gra.home().resolve("runners"))) {
      Path runner = runners.findFirst().orElseThrow();
      return Files.readString(runner.resolve("workspace").resolve(name));
    }
  }

  @Test
  void what_is_saved_is_in_the_runner_soon_and_ctrl_c_ends_it() throws Exception {
    Files.writeString(workspace.resolve("first"), "1");
    try (Gractl.Running running = watch()) {
      awaitInRunner("first", "1");
      Files.writeString(workspace.resolve("first"), "2");
      awaitInRunner("first", "2");
      Files.createDirectories(workspace.resolve("a/b"));
      Files.writeString(workspace.resolve("a/b/c"), "deep");
      awaitInRunner("a/b/c", "deep");
      Files.writeString(workspace.resolve("a/b/c"), "deer");
      awaitInRunner("a/b/c", "deer");
      running.signal("INT");
      assertThat(running.exitCode()).as(running.err()).isIn(0, 130);
    }
  }

  @Test
  void a_killed_grad_and_a_new_runner_are_said_and_mended() throws Exception {
    Files.writeString(workspace.resolve("first"), "1");
    try (Gractl.Running running = watch()) {
      String runner = gractl.run("config", "get", "runner").out().strip();
      gractl.run("runners", "delete", runner).succeeded();
      await().atMost(PATIENCE).until(() -> running.err().contains("changed (") && twice(running));
      assertThat(running.err()).contains("runner " + runner + " is new");
      awaitInRunner("first", "1");

      ProcessHandle.of(gra.pid()).orElseThrow().destroyForcibly();
      Files.writeString(workspace.resolve("first"), "2");
      awaitInRunner("first", "2");
      running.signal("TERM");
      assertThat(running.exitCode()).as(running.err()).isIn(0, 143);
    }
  }

  private static boolean twice(Gractl.Running running) {
    return running.err().split("is new: its workspace is empty", -1).length == 3;
  }

  @Test
  void both_ways_what_a_program_makes_comes_down_by_itself() throws Exception {
    Files.writeString(workspace.resolve("in"), "6");
    try (Gractl.Running running = watch("--both")) {
      gractl.run("exec", "--", "sh", "-c", "cat in >out").succeeded();
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(workspace.resolve("out")).hasContent("6"));
      running.signal("INT");
      assertThat(running.exitCode()).as(running.err()).isIn(0, 130);
    }
  }
}
