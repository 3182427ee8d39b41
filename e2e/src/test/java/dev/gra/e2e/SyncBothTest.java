package dev.gra.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gractl sync --both}. */
@Tag("tools")
class SyncBothTest {
  private static LocalGra gra;
  @TempDir Path temp;
  private Path workspace;

  @BeforeAll
  static void start() {
    gra = LocalGra.started();
  }

  @AfterAll
  static void stop() {
    gra.close();
  }

  @BeforeEach
  void init() throws IOException {
    workspace = Files.createDirectories(temp.resolve("tree"));
  }

  private Outcome run(String... arguments) {
    return gra.gractl().in(workspace).run(arguments);
  }

  private String inRunner(String line) {
    return run("exec", "--", "sh", "-c", line).succeeded().out();
  }

  private Path file(String name, String text) throws IOException {
    Path file = workspace.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  @Test
  void changes_of_either_side_go_to_the_other_and_conflicts_keep_both() throws IOException {
    for (String name : List.of("mine", "theirs", "both", "old", "d/same")) {
      file(name, "old");
    }
    run("sync", "--both").succeeded();
    file("mine", "mine");
    file("both", "of here");
    file("new ü\n/x", "new");
    inRunner("echo theirs >theirs; echo of there >both; mkdir -p e/f; echo x >e/f/g; ln -s a e/l");

    Outcome outcome = run("sync", "--both", "-o", "json").exitedWith(1);

    assertThat(outcome.json())
        .containsEntry("kind", "Sync")
        .containsEntry("conflicts", List.of(Map.of("path", "both", "copy", "both.conflict")));
    assertThat(outcome.err()).contains("conflict: both was changed here and in the runner");
    assertThat(workspace.resolve("theirs")).hasContent("theirs");
    assertThat(workspace.resolve("both")).hasContent("of here");
    assertThat(workspace.resolve("both.conflict")).hasContent("of there");
    assertThat(workspace.resolve("e/f/g")).hasContent("x");
    assertThat(workspace.resolve("e/l")).isSymbolicLink();
    assertThat(inRunner("cat mine both both.conflict new*/x"))
        .isEqualTo("mineof hereof there\nnew");
    assertThat(run("sync", "--both").succeeded().err()).contains("nothing has changed");
  }

  @Test
  void deletions_go_over_only_with_delete_and_never_over_a_change() throws IOException {
    for (String name : List.of("a", "b", "c", "d", "e/f")) {
      file(name, "old");
    }
    run("sync", "--both").succeeded();
    Files.delete(workspace.resolve("a"));
    inRunner("rm b");
    run("sync", "--both").succeeded();
    assertThat(workspace.resolve("a")).exists();
    assertThat(inRunner("cat b")).isEqualTo("old");

    for (String name : List.of("a", "c", "e/f", "e")) {
      Files.delete(workspace.resolve(name));
    }
    file("d", "changed here");
    inRunner("rm b d; echo changed there >c");
    run("sync", "--both", "--delete").succeeded();

    assertThat(inRunner("ls; cat c d")).isEqualTo("c\nd\nchanged there\nchanged here");
    assertThat(workspace.resolve("b")).doesNotExist();
    assertThat(workspace.resolve("c")).hasContent("changed there\n");
  }

  @Test
  void a_new_runner_deletes_nothing_and_gets_all() throws IOException {
    file("data", "x");
    run("sync", "--both").succeeded();
    run("runners", "delete", run("config", "get", "runner").out().strip()).succeeded();

    assertThat(run("sync", "--both", "--delete").succeeded().err()).contains("is new");

    assertThat(workspace.resolve("data")).exists();
    assertThat(inRunner("cat data")).isEqualTo("x");
  }

  @Test
  void a_directory_on_one_side_and_a_file_on_the_other_stay() throws IOException {
    file("x", "a file");
    file(".git/config", "mine");
    inRunner("mkdir -p x .git; echo in it >x/y; echo theirs >.git/config");

    Outcome outcome = run("sync", "--both").exitedWith(1);

    assertThat(outcome.err()).contains("conflict: x is a directory on one side");
    assertThat(workspace.resolve("x")).hasContent("a file");
    assertThat(workspace.resolve(".git/config")).hasContent("mine");
    assertThat(inRunner("cat x/y")).isEqualTo("in it\n");
  }
}
