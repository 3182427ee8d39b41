package dev.gra.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfTrainingTest {
  @TempDir Path temp;

  @AfterEach
  void unset() {
    System.clearProperty(SelfTraining.PROPERTY);
  }

  @Test
  void a_grad_that_is_gone_after_the_command_is_none_of_its_business() throws Exception {
    Path cache = temp.resolve("gractl.aot");
    System.setProperty(SelfTraining.PROPERTY, cache.toString());
    // One is under way, so nothing is begun here.
    Files.createFile(temp.resolve("gractl.aot.training"));
    Map<String, String> environment =
        Map.of("HOME", temp.toString(), "GRA_HOME", temp.resolve("home").toString());
    Messages silent = new Messages(new PrintStream(PrintStream.nullOutputStream()), false);

    try (Session session = new Session(Map.of(), environment, temp, silent)) {
      SelfTraining.ifDue(session, "none", false);
    }

    assertThat(cache).doesNotExist();
  }
}
