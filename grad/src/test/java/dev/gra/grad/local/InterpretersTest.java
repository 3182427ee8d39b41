package dev.gra.grad.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InterpretersTest {
  private Path home;

  @BeforeEach
  void makeHome() throws IOException {
    home = Files.createTempDirectory("gra-home").toRealPath();
  }

  @AfterEach
  void deleteHome() throws IOException {
    Trees.delete(home);
  }

  /** A python3 on PATH that says {@code prefix} when it is asked. */
  private Interpreters found(Path prefix) throws IOException {
    var shims = Files.createDirectories(home.resolve("shims"));
    if (prefix.startsWith(home)) {
      Files.createDirectories(prefix.resolve("bin"));
    }
    script(shims.resolve("python3"), "echo " + prefix + "; echo /usr");
    return Interpreters.find(
        Map.of("PATH", shims + ":/usr/bin:/bin"), List.of(home, home.resolve("x/state/gra")));
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void a_shim_is_asked_for_the_installation_behind_it() throws IOException {
    var prefix = home.resolve(".pyenv/versions/3.12.1");

    assertThat(found(prefix)).isEqualTo(new Interpreters(List.of(prefix)));
    assertThat(found(prefix).binaries()).containsExactly(prefix.resolve("bin"));
  }

  @Test
  void a_visible_directory_in_the_home_may_be_an_installation() throws IOException {
    var prefix = home.resolve("miniconda3");

    assertThat(found(prefix).prefixes()).containsExactly(prefix);
  }

  @Test
  void what_path_finds_first_comes_first_and_a_virtual_environment_before_its_base()
      throws IOException {
    var venv = home.resolve("work/venv");
    var base = home.resolve("miniconda3");
    var node = home.resolve("a/node");
    for (var prefix : List.of(venv, base, node)) {
      Files.createDirectories(prefix.resolve("bin"));
    }
    script(venv.resolve("bin/python3"), "echo " + venv + "; echo " + base);
    script(node.resolve("bin/node"), "echo " + node);

    var path = venv.resolve("bin") + ":" + node.resolve("bin") + "/:/usr/bin:/bin";

    assertThat(Interpreters.find(Map.of("PATH", path), List.of(home)).prefixes())
        .containsExactly(venv, base, node);
  }

  @Test
  void no_home_and_nothing_around_it_or_hidden_in_it_is_taken_for_one() throws IOException {
    assertThat(found(home).prefixes()).isEmpty();
    assertThat(found(home.getParent()).prefixes()).isEmpty();
    assertThat(found(Path.of("/tmp")).prefixes()).isEmpty();
    assertThat(found(home.resolve(".local")).prefixes()).isEmpty();
    assertThat(found(home.resolve("x")).prefixes()).isEmpty();
    assertThat(found(Path.of("/")).prefixes()).isEmpty();
  }

  @Test
  void a_shim_that_fails_or_leaves_something_running_does_no_harm() throws IOException {
    var shims = Files.createDirectories(home.resolve("shims"));
    script(shims.resolve("python3"), "sleep 3 & echo nonsense; exit 1");

    assertThat(Interpreters.find(Map.of("PATH", shims + ":/usr/bin:/bin"), List.of(home)))
        .isEqualTo(Interpreters.NONE);
  }
}
