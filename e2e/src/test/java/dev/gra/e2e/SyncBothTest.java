package dev.gra.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code gractl sync --both}. */
class SyncBothTest extends SyncedWorkspace {
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
  void what_a_program_in_the_runner_changes_while_it_is_synced_is_kept_there() throws IOException {
    file("a", "old");
    file("d/b", "old");
    run("sync", "--both").succeeded();
    file("a", "mine");
    file("d/b", "mine");
    String changes = "/usr/bin/rsync \"$@\"; code=$?; echo of there >%s; exit $code";
    Path bin = Files.createDirectories(temp.resolve("bin"));
    Files.writeString(
        bin.resolve("rsync"),
        "#!/bin/sh\ncase $* in *--dry-run*runner:*) %s; esac\nexec /usr/bin/rsync \"$@\"\n"
            .formatted(changes.formatted(there("d/b"))));
    Files.setPosixFilePermissions(
        bin.resolve("rsync"), PosixFilePermissions.fromString("rwxr-xr-x"));

    String path = bin + ":" + System.getenv("PATH");
    Outcome outcome = gractl().with("PATH", path).run("sync", "--both", "-o", "json");

    assertThat(outcome.exitedWith(1).json())
        .containsEntry("conflicts", List.of(Map.of("path", "d/b", "copy", "d/b.conflict")));
    assertThat(outcome.err()).contains("conflict: d/b was changed in the runner while it was");
    assertThat(inRunner("cat a d/b d/b.conflict; ls -A")).isEqualTo("minemineof there\na\nd\n");
    run("sync", "--both").succeeded();
    assertThat(workspace.resolve("d/b.conflict")).hasContent("of there");
    assertThat(workspace.resolve("d/b")).hasContent("mine");
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
