package dev.gra.client.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gra.client.GraException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  @TempDir Path temp;
  private Path workspace;
  private Path inside;
  private Path userFile;

  @BeforeEach
  void layOut() throws IOException {
    workspace = temp.resolve("workspace");
    inside = Files.createDirectories(workspace.resolve("a").resolve("b"));
    userFile =
        Files.createDirectories(temp.resolve("config").resolve("gra")).resolve("config.toml");
  }

  @Test
  void flags_win_over_variables_over_the_workspaces_file_over_the_users() throws IOException {
    Files.writeString(userFile, "runner = \"users\"\nidle_timeout = '10m'\npreset = \"small\"\n");
    Files.writeString(
        workspace.resolve(".gractl.toml"), "runner = \"workspaces\" # ours\npreset=\"large\"");

    assertThat(load(Map.of(), Map.of()).value(Key.RUNNER)).contains("workspaces");
    assertThat(load(Map.of(), Map.of("GRA_RUNNER", "variables")).value(Key.RUNNER))
        .contains("variables");
    assertThat(
            load(Map.of(Key.RUNNER, "flags"), Map.of("GRA_RUNNER", "variables")).value(Key.RUNNER))
        .contains("flags");
    assertThat(load(Map.of(), Map.of()).value(Key.PRESET)).contains("large");
    assertThat(load(Map.of(), Map.of()).setting(Key.IDLE_TIMEOUT))
        .contains(new Settings.Setting("10m", userFile.toString()));
  }

  @Test
  void a_workspace_cannot_say_where_the_users_token_goes() throws IOException {
    Files.writeString(workspace.resolve(".gractl.toml"), "server = \"https://evil.example\"\n");

    assertThatThrownBy(() -> load(Map.of(), Map.of()))
        .isInstanceOfSatisfying(
            GraException.class, e -> assertThat(e.reason()).isEqualTo("UNTRUSTED_SETTING"));
  }

  @Test
  void an_unknown_key_is_an_error_that_names_the_known_ones() throws IOException {
    Files.writeString(userFile, "runer = \"x\"\n");

    assertThatThrownBy(() -> load(Map.of(), Map.of()))
        .hasMessageContaining("runer")
        .isInstanceOfSatisfying(
            GraException.class, e -> assertThat(e.hint().orElse("")).contains("runner"));
  }

  @Test
  void a_line_that_is_no_setting_is_named() throws IOException {
    Files.writeString(userFile, "# fine\n\nrunner = \n");

    assertThatThrownBy(() -> load(Map.of(), Map.of())).hasMessageContaining("line 3");
  }

  @Test
  void writing_one_setting_keeps_the_rest_of_the_file() throws IOException {
    Files.writeString(userFile, "# mine\npreset = \"small\"\n[later]\nx = 1\n");

    Settings.write(userFile, Key.PRESET, "la\"rge");
    Settings.write(userFile, Key.RUNNER, "r");

    assertThat(Files.readString(userFile))
        .isEqualTo("# mine\npreset = \"la\\\"rge\"\nrunner = \"r\"\n[later]\nx = 1\n");
    assertThat(Toml.parse("f", Files.readString(userFile)))
        .containsEntry("preset", "la\"rge")
        .containsEntry("later.x", "1");
  }

  @Test
  void a_workspace_has_the_same_runner_from_anywhere_in_its_tree() throws IOException {
    Files.createDirectories(workspace.resolve(".git"));

    String name = WorkspaceRunner.name(load(Map.of(), Map.of()), inside);

    assertThat(name).matches("workspace-[0-9a-f]{8}");
    assertThat(WorkspaceRunner.name(load(Map.of(), Map.of()), workspace)).isEqualTo(name);
  }

  @Test
  void names_of_runners_are_labels_whatever_the_directory_is_called() throws IOException {
    for (String directory : new String[] {"Ünïcode Dir", "123", "x".repeat(200), "a--", "_"}) {
      Path path = Files.createDirectories(temp.resolve("dirs").resolve(directory));
      assertThat(WorkspaceRunner.derive(path)).matches("[a-z]([a-z0-9-]{0,61}[a-z0-9])?");
    }
    Path one = Files.createDirectories(temp.resolve("one").resolve("same"));
    Path two = Files.createDirectories(temp.resolve("two").resolve("same"));
    assertThat(WorkspaceRunner.derive(one)).isNotEqualTo(WorkspaceRunner.derive(two));
  }

  private Settings load(Map<Key, String> flags, Map<String, String> variables) {
    Map<String, String> environment = new java.util.HashMap<>(variables);
    environment.put("XDG_CONFIG_HOME", temp.resolve("config").toString());
    return Settings.load(flags, environment, inside);
  }
}
