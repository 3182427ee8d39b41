package dev.gra.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gractl install}. */
class InstallTest {
  @TempDir Path directory;

  @Test
  void its_training_leaves_its_user_s_grad_alone() {
    Outcome outcome =
        Gractl.at(directory.resolve("home"))
            // Nobody listens there: a training that turned to it would fail.
            .with("GRA_SERVER", "127.0.0.1:1")
            .with("XDG_DATA_HOME", directory.toString())
            .run("install", "--dir", directory.resolve("bin").toString())
            .succeeded();
    assertThat(outcome.err()).doesNotContain("no AOT cache");
    assertThat(directory.resolve("gra/gractl-0.1.0/gractl.aot")).isNotEmptyFile();
    assertThat(directory.resolve("bin/gractl")).isExecutable();
  }
}
