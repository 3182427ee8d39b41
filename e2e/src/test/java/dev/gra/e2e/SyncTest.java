package dev.gra.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code gractl workspace init}, {@code gractl sync} and {@code gractl exec --sync}. */
class SyncTest extends SyncedWorkspace {
  private static final Instant LONG_AGO = Instant.parse("2001-02-03T04:05:06Z");

  @BeforeEach
  void init() {
    run("workspace", "init").succeeded();
  }

  @Test
  void a_tree_goes_up_and_comes_down_with_odd_names_modes_times_and_links() throws IOException {
    Path odd = file("with space/new\nline '\"$x ü", "text");
    Files.setPosixFilePermissions(odd, PosixFilePermissions.fromString("rwxr-x--x"));
    Files.setLastModifiedTime(odd, FileTime.from(LONG_AGO));
    Files.createSymbolicLink(workspace.resolve("link"), Path.of("no where"));

    run("sync").succeeded();

    assertThat(inRunner("stat -c '%a %Y' with*/new*; cat with*/new*; readlink link"))
        .isEqualTo("751 " + LONG_AGO.getEpochSecond() + "\ntextno where\n");

    Files.delete(odd);
    Files.delete(workspace.resolve("link"));
    run("sync", "--down").succeeded();

    assertThat(odd).hasContent("text");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(odd)))
        .isEqualTo("rwxr-x--x");
    assertThat(Files.getLastModifiedTime(odd).toInstant()).isEqualTo(LONG_AGO);
    assertThat(Files.readSymbolicLink(workspace.resolve("link"))).isEqualTo(Path.of("no where"));
  }

  @Test
  void what_graignore_names_stays_where_it_is_even_with_delete() throws IOException {
    file(".graignore", "*.secret\n!kept.secret\n/out/\n");
    file("a.secret", "");
    file("kept.secret", "");
    file("deep/b.secret", "");
    file("deep/out/c", "");
    inRunner("mkdir out; touch out/there extra");

    run("sync", "--up", "--delete").succeeded();

    assertThat(inRunner("find . -type f | grep -v '/[.AG][^/]*$' | sort"))
        .isEqualTo("./deep/out/c\n./kept.secret\n./out/there\n");
  }

  @Test
  void what_was_deleted_goes_only_with_delete() throws IOException {
    Path gone = file("gone", "");
    file("stays", "");
    run("sync").succeeded();
    Files.delete(gone);

    run("sync").succeeded();
    assertThat(inRunner("ls")).contains("gone");
    assertThat(run("sync", "--delete").succeeded().err()).contains("1 deleted");
    assertThat(inRunner("ls")).contains("stays").doesNotContain("gone");

    inRunner("rm stays");
    run("sync", "--down").succeeded();
    assertThat(workspace.resolve("stays")).exists();
    run("sync", "--down", "--delete").succeeded();
    assertThat(workspace.resolve("stays")).doesNotExist();
  }

  @Test
  void a_runner_that_never_had_the_files_deletes_none_here() throws IOException {
    Path mine = file("mine", "");
    inRunner("true");

    Outcome refused = run("sync", "--down", "--delete").exitedWith(125);
    assertThat(refused.err()).contains("Try: gractl sync --up");

    run("sync").succeeded();
    run("runners", "delete", run("config", "get", "runner").out().strip()).succeeded();
    assertThat(run("sync", "--down", "--delete").succeeded().err()).contains("nothing is there");
    run("sync", "--down", "--delete").exitedWith(125);
    assertThat(mine).exists();
  }

  @Test
  void a_runner_does_not_say_what_programs_here_obey() throws IOException {
    file(".git/config", "mine");
    inRunner(
        "mkdir -p .git sub/.git; echo theirs | tee .git/config sub/.git/config .graignore"
            + " >.gractl.toml; echo theirs >sub/data");
    String settings = Files.readString(workspace.resolve(".gractl.toml"));
    String rules = Files.readString(file(".graignore", "!.git\n"));

    run("sync", "--down").succeeded();

    assertThat(workspace.resolve("sub/data")).hasContent("theirs");
    assertThat(workspace.resolve(".git/config")).hasContent("mine");
    assertThat(workspace.resolve("sub/.git")).doesNotExist();
    assertThat(workspace.resolve(".gractl.toml")).hasContent(settings);
    assertThat(workspace.resolve(".graignore")).hasContent(rules);
  }

  @Test
  void what_ssh_has_in_a_runner_stays_there_and_only_there() throws IOException {
    file(".graignore", "");
    run("sync").succeeded();
    inRunner("mkdir .gra; echo key >.gra/key");

    run("sync", "--delete").succeeded();
    run("sync", "--down").succeeded();

    assertThat(inRunner("cat .gra/key")).isEqualTo("key\n");
    assertThat(workspace.resolve(".gra")).doesNotExist();
  }

  @Test
  void of_two_thousand_files_only_the_changed_one_goes() throws IOException {
    for (int i = 0; i < 2000; i++) {
      file("d" + i % 40 + "/f" + i, "content " + i);
    }
    assertThat(run("sync").succeeded().err()).contains("new: its workspace is empty");

    assertThat(run("sync").succeeded().err()).contains("up: nothing has changed");

    file("d7/f7", "changed");
    assertThat(run("sync").succeeded().err()).contains("up: 1 changed (");
    assertThat(inRunner("cat d7/f7; find d* -type f | wc -l")).isEqualTo("changed2000\n");
  }

  @Test
  void a_new_runner_gets_all_again_and_it_is_said() throws IOException {
    file("data", "x");
    run("sync").succeeded();
    String runner = run("config", "get", "runner").out().strip();
    run("runners", "delete", runner).succeeded();

    Outcome again = run("sync").succeeded();

    assertThat(again.err()).contains("runner " + runner + " is new");
    assertThat(inRunner("cat data")).isEqualTo("x");
  }

  @Test
  void exec_with_sync_has_the_files_and_brings_back_what_it_makes() throws IOException {
    file("in", "6");
    file("edited", "old");

    Outcome outcome =
        run("exec", "--sync", "-o", "json", "--", "sh", "-c", "cat in >out; exit 3").exitedWith(3);

    assertThat(outcome.json()).containsEntry("exitCode", 3);
    assertThat(workspace.resolve("out")).hasContent("6");
  }

  @Test
  void exec_with_sync_keeps_what_was_edited_here_meanwhile() throws IOException {
    Path edited = file("edited", "old");
    try (Gractl.Running running =
        gractl().start("exec", "--sync", "-i", "--", "sh", "-c", "echo ready; cat >out")) {
      assertThat(running.process().getInputStream().read()).isEqualTo('r');
      Files.writeString(edited, "newer");
      Files.setLastModifiedTime(edited, FileTime.from(Instant.now().plusSeconds(5)));
      running.process().getOutputStream().close();
      assertThat(running.exitCode()).as(running.err()).isZero();
    }
    assertThat(edited).hasContent("newer");
    assertThat(workspace.resolve("out")).exists();
  }

  @Test
  void what_is_no_workspace_but_everything_is_refused() {
    Gractl atHome = gractl().in(temp).with("HOME", temp.toString());

    assertThat(atHome.run("sync").exitedWith(125).err()).contains("all of " + temp);
  }

  @Test
  void a_missing_rsync_is_told() throws IOException {
    Path bin = Files.createDirectories(temp.resolve("bin"));
    for (String tool :
        List.of("sh", "bash", "env", "dirname", "readlink", "cat", "mkfifo", "sed")) {
      for (String place : List.of("/usr/bin/", "/bin/")) {
        if (Files.exists(Path.of(place + tool)) && !Files.exists(bin.resolve(tool))) {
          Files.createSymbolicLink(bin.resolve(tool), Path.of(place + tool));
        }
      }
    }
    Outcome outcome = gractl().with("PATH", bin.toString()).run("sync");

    assertThat(outcome.exitedWith(125).err())
        .contains("rsync, which is not on this machine")
        .contains("Try: ");
  }
}
