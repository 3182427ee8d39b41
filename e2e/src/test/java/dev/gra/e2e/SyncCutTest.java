package dev.gra.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gractl sync} that is cut, or interrupted. */
@Tag("tools")
class SyncCutTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private LocalGra gra;
  @TempDir Path temp;
  private Gractl gractl;
  private Path workspace;

  @BeforeEach
  void start() throws IOException {
    gra = LocalGra.started();
    workspace = Files.createDirectories(temp.resolve("tree"));
    gractl = gra.gractl().in(workspace);
  }

  @AfterEach
  void stop() {
    gra.close();
  }

  @Test
  void a_cut_in_the_middle_of_a_file_either_way_costs_nothing_but_time() throws Exception {
    byte[] data = new byte[40 << 20];
    new Random(1).nextBytes(data);
    Path file = Files.write(workspace.resolve("data"), data);
    try (CuttingProxy proxy = proxy(2)) {
      Outcome up = through(proxy).run("sync").succeeded();

      assertThat(proxy.cuts()).isEqualTo(2);
      assertThat(up.err()).contains("connection lost", "connected again", "1 changed");
    }
    assertThat(gractl.run("exec", "--", "cksum", "data").succeeded().out())
        .isEqualTo(new String(cksum(file), UTF_8));
    Files.delete(file);
    try (CuttingProxy proxy = proxy(1)) {
      through(proxy).run("sync", "--down").succeeded();

      assertThat(proxy.cuts()).isEqualTo(1);
    }
    assertThat(file).hasBinaryContent(data);
  }

  private CuttingProxy proxy(int cuts) {
    return CuttingProxy.before(gra, 10L << 20, cuts);
  }

  private Gractl through(CuttingProxy proxy) {
    return gractl
        .with("GRA_SERVER", proxy.address())
        .with("GRA_TOKEN_FILE", gra.home().resolve("token").toString());
  }

  private byte[] cksum(Path file) throws IOException {
    Process process =
        new ProcessBuilder("cksum", file.getFileName().toString())
            .directory(file.getParent().toFile())
            .start();
    return process.getInputStream().readAllBytes();
  }

  @Test
  void ctrl_c_ends_it_on_both_sides_and_is_told_as_json() throws Exception {
    try (RandomAccessFile large = new RandomAccessFile(workspace.resolve("large").toFile(), "rw")) {
      large.setLength(2L << 30);
    }
    try (Gractl.Running running = gractl.start("sync", "-o", "json")) {
      await().atMost(PATIENCE).until(this::partOfItIsThere);
      running.signal("INT");
      byte[] out = running.process().getInputStream().readAllBytes();

      assertThat(running.exitCode()).as(running.err()).isEqualTo(130);
      assertThat(new String(out, UTF_8)).contains("\"reason\" : \"SIGINT\"", "\"exitCode\" : 130");
      assertThat(running.err()).contains("interrupted");
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(gractl.run("exec", "--", "pgrep", "-c", "rsync").out())
                    .isEqualTo("0\n"));
  }

  private boolean partOfItIsThere() throws IOException {
    try (Stream<Path> paths = Files.walk(gra.home().resolve("runners"))) {
      return paths.anyMatch(path -> path.getFileName().toString().startsWith(".large"));
    }
  }
}
