package dev.gra.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The AOT cache that a script of one's own makes for itself. */
class StaleCacheTest {
  private final LocalGra gra = LocalGra.started();

  @TempDir Path directory;

  @AfterEach
  void stop() {
    gra.close();
  }

  private Gractl edited(Path script, String text) throws IOException {
    Files.writeString(
        script, Files.readString(Build.script("gractl.java")).replace("First steps:", text));
    return gra.gractl().script(script).with("JBANG_JAVA_OPTIONS", "-Duser.home=" + directory);
  }

  private void awaitTraining() {
    Path cache = directory.resolve(".cache/gra/gractl.aot");
    await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                Files.exists(cache)
                    && Files.exists(cache.resolveSibling("gractl.aot.of"))
                    && Files.notExists(cache.resolveSibling("gractl.aot.training")));
  }

  @Test
  void a_script_that_was_edited_after_its_training_runs_as_it_is_now() throws IOException {
    Path script = directory.resolve("gractl.java");
    edited(script, "Before:").run("exec", "--", "true").succeeded();
    awaitTraining();
    assertThat(edited(script, "Before:").run("--help").out()).contains("Before:");

    assertThat(edited(script, "After:").run("--help").out()).contains("After:");
    edited(script, "After:").run("exec", "--", "true").succeeded();
    awaitTraining();
    assertThat(edited(script, "After:").run("--help").out()).contains("After:");
  }
}
