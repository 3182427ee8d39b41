package dev.gra.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A workspace here, and its runner's there; a class of tests shares one grad. */
@Tag("tools")
@TestInstance(Lifecycle.PER_CLASS)
abstract class SyncedWorkspace {
  private LocalGra gra;
  @TempDir Path temp;
  Path workspace;

  @BeforeAll
  void start() {
    gra = LocalGra.started();
  }

  @AfterAll
  void stop() {
    gra.close();
  }

  @BeforeEach
  void layOut() throws IOException {
    workspace = Files.createDirectories(temp.resolve("tree"));
  }

  Gractl gractl() {
    return gra.gractl().in(workspace);
  }

  Outcome run(String... arguments) {
    return gractl().run(arguments);
  }

  String inRunner(String line) {
    return run("exec", "--", "sh", "-c", line).succeeded().out();
  }

  Path file(String name, String text) throws IOException {
    Path file = workspace.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  /** A file that only one runner has, as this machine sees it. */
  Path there(String name) throws IOException {
    try (Stream<Path> runners = Files.list(gra.home().resolve("runners"))) {
      return runners
          .map(runner -> runner.resolve("workspace").resolve(name))
          .filter(Files::exists)
          .findAny()
          .orElseThrow();
    }
  }
}
