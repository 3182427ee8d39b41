package dev.gra.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive that {@code gractl local start} unpacks. */
class DistTest {
  @TempDir Path directory;
  private Path dist;

  @BeforeEach
  void unpack() throws IOException, InterruptedException {
    Path archive = Build.distribution();
    assertThat(run("tar", "-xzf", archive.toString(), "-C", directory.toString())).isZero();
    dist = directory.resolve("gra-dist");
  }

  @Test
  void it_has_one_folder_with_a_version() throws IOException {
    try (var top = Files.list(directory)) {
      assertThat(top).containsExactly(dist);
    }
    assertThat(dist.resolve("VERSION")).hasContent("0.1.0");
  }

  @Test
  void grad_s_jar_names_all_the_jars_beside_it() throws IOException {
    Path lib = dist.resolve("grad/lib");
    try (JarFile grad = new JarFile(lib.resolve("grad.jar").toFile());
        var files = Files.list(lib)) {
      Attributes manifest = grad.getManifest().getMainAttributes();
      assertThat(manifest.getValue(Attributes.Name.MAIN_CLASS)).isEqualTo("dev.gra.grad.Main");
      List<String> libraries = List.of(manifest.getValue(Attributes.Name.CLASS_PATH).split(" "));
      assertThat(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(name -> !name.equals("grad.jar")))
          .containsExactlyInAnyOrderElementsOf(libraries);
    }
  }

  @Test
  void runnerd_s_aot_cache_is_taken_after_unpacking() throws IOException, InterruptedException {
    ProcessBuilder runnerd = new ProcessBuilder(dist.resolve("runnerd/bin/runnerd").toString());
    // Told so, the JVM exits with 1 when it can't use the cache; runnerd itself, without its
    // options, with 2.
    runnerd.environment().put("JAVA_TOOL_OPTIONS", "-XX:AOTMode=on");
    assertThat(runnerd.inheritIO().start().waitFor()).isEqualTo(2);
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
