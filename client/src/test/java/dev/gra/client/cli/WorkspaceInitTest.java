package dev.gra.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gra.client.GraException;
import dev.gra.client.config.WorkspaceRunner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceInitTest {
  @TempDir Path temp;
  private final List<String> questions = new ArrayList<>();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private Path workspace;

  @BeforeEach
  void layOut() throws IOException {
    workspace = Files.createDirectories(temp.resolve("penguins"));
  }

  @Test
  void a_directory_becomes_a_workspace_and_keeps_the_runner_that_it_has() throws IOException {
    String before = session(workspace).runnerName();

    Map<String, Object> done = init(workspace, false);

    assertThat(questions).isEmpty();
    assertThat(done.get("runner")).isEqualTo(before);
    assertThat(content().keySet())
        .containsExactly(".gractl.toml", ".graignore", "AGENTS.md", "GEMINI.md");
    assertThat(content().get("AGENTS.md")).contains("gractl exec --file");
    assertThat(session(workspace).runnerName()).isEqualTo(before);
  }

  @Test
  void a_second_time_changes_nothing_and_says_so() throws IOException {
    init(workspace, false);
    Map<String, String> before = content();
    said.reset();

    refusing(workspace);

    assertThat(content()).isEqualTo(before);
    assertThat(said.toString(StandardCharsets.UTF_8).lines())
        .allMatch(line -> line.endsWith("is as it should be"))
        .hasSize(4);
  }

  @Test
  void a_workspace_keeps_its_runner_when_it_moves() throws IOException {
    init(workspace, false);
    String runner = session(workspace).runnerName();
    Path moved = temp.resolve("elsewhere");
    Files.move(workspace, moved);

    assertThat(session(moved).runnerName()).isEqualTo(runner);
    assertThat(init(moved, false).get("runner")).isEqualTo(runner);
  }

  @Test
  void who_comes_after_a_moved_workspace_gets_a_runner_of_its_own() throws IOException {
    init(workspace, false);
    Files.move(workspace, temp.resolve("elsewhere"));
    Files.createDirectories(workspace);

    String runner = (String) init(workspace, false).get("runner");

    assertThat(runner).isNotEqualTo(session(temp.resolve("elsewhere")).runnerName());
    assertThat(runner).matches("penguins-[0-9a-f]{8}");
    assertThat(session(workspace).runnerName()).isEqualTo(runner);
  }

  @Test
  void without_a_terminal_nothing_is_done_where_a_file_would_change() throws IOException {
    Files.writeString(workspace.resolve("AGENTS.md"), "mine\n");
    Files.writeString(workspace.resolve(".gractl.toml"), "preset = \"small\"\n");

    assertThatThrownBy(() -> refusing(workspace))
        .isInstanceOf(GraException.class)
        .hasMessageContaining(".gractl.toml, AGENTS.md would change")
        .extracting(e -> ((GraException) e).hint().orElseThrow())
        .asString()
        .contains("--yes");

    assertThat(content())
        .isEqualTo(Map.of("AGENTS.md", "mine\n", ".gractl.toml", "preset = \"small\"\n"));
  }

  @Test
  void who_says_no_keeps_the_file_as_it_is() throws IOException {
    Files.writeString(workspace.resolve("AGENTS.md"), "mine\n");
    Files.writeString(workspace.resolve(".gractl.toml"), "preset = \"small\"\n");

    Map<String, Object> done = init(workspace, false);

    assertThat(questions).hasSize(2);
    assertThat(content()).containsEntry("AGENTS.md", "mine\n");
    assertThat(content()).containsEntry(".gractl.toml", "preset = \"small\"\n");
    assertThat(content().get("GEMINI.md")).contains("gra:begin");
    assertThat(done.get("runner")).isEqualTo(WorkspaceRunner.derive(workspace));
  }

  @Test
  void who_says_yes_has_lines_added_and_nothing_else_changed() throws IOException {
    Path agents = Files.writeString(workspace.resolve("AGENTS.md"), "mine\r\n");
    Files.setPosixFilePermissions(agents, PosixFilePermissions.fromString("rw-rw-r--"));
    Files.createSymbolicLink(workspace.resolve("GEMINI.md"), Path.of("AGENTS.md"));
    Files.writeString(workspace.resolve(".gractl.toml"), "# mine\npreset = \"small\"\n");
    Files.writeString(workspace.resolve(".graignore"), "mine\n");

    String runner = (String) init(workspace, true).get("runner");

    assertThat(content().get("AGENTS.md")).startsWith("mine\r\n\n<!-- gra:begin -->\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(agents)))
        .isEqualTo("rw-rw-r--");
    assertThat(workspace.resolve("GEMINI.md")).isSymbolicLink();
    assertThat(content().get(".gractl.toml"))
        .isEqualTo("# mine\npreset = \"small\"\nrunner = \"" + runner + "\"\n");
    assertThat(content()).containsEntry(".graignore", "mine\n");
  }

  private Map<String, Object> init(Path directory, boolean answer) {
    WorkspaceInit.Consent consent =
        question -> {
          questions.add(question);
          return answer;
        };
    return new WorkspaceInit(session(directory), consent, true).init(Path.of(""));
  }

  private void refusing(Path directory) {
    WorkspaceInit.Consent never =
        question -> {
          throw new AssertionError(question);
        };
    new WorkspaceInit(session(directory), never, false).init(Path.of(""));
  }

  private Session session(Path directory) {
    Map<String, String> environment =
        Map.of(
            "GRA_HOME", temp.resolve("home").toString(),
            "XDG_CONFIG_HOME", temp.resolve("config").toString());
    PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
    return new Session(Map.of(), environment, directory, new Messages(err, false));
  }

  private Map<String, String> content() throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (var files = Files.list(workspace)) {
      for (Path file : files.toList()) {
        content.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return content;
  }
}
