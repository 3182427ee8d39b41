package dev.gra.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A runner's directory as one of this machine. Wants /dev/fuse, and says so where it isn't. */
@Tag("tools")
class MountTest {
  private static final String RUNNER = "mounted";

  @TempDir Path directory;
  private LocalGra gra;
  private Path at;

  @BeforeEach
  void mount() throws IOException {
    assertThat(Path.of("/dev/fuse")).as("what sshfs mounts by").exists();
    gra = LocalGra.started();
    gra.run("runners", "create", RUNNER).succeeded();
    at = Files.createDirectory(directory.resolve("a directory"));
    gra.run("mount", RUNNER + ":", at.toString()).succeeded();
  }

  @AfterEach
  void unmount() throws IOException {
    if (mounted()) {
      gra.run("umount", at.toString()).succeeded();
    }
    assertThat(mounted()).isFalse();
    gra.close();
  }

  private boolean mounted() throws IOException {
    return Files.readString(Path.of("/proc/mounts")).contains("runner@gra." + RUNNER + ":");
  }

  private String there(String line) {
    return gra.run("exec", "--runner", RUNNER, "--", "sh", "-c", line).succeeded().out();
  }

  @Test
  void what_is_written_on_either_side_is_read_on_the_other() throws Exception {
    there("mkdir sub; echo there >sub/file");
    assertThat(at.resolve("sub/file")).hasContent("there\n");
    Files.writeString(at.resolve("sub/file"), "here\n");
    Files.writeString(at.resolve("new"), "made here\n");
    assertThat(there("cat sub/file new")).isEqualTo("here\nmade here\n");

    Outcome again = gra.run("mount", RUNNER + ":", at.toString()).exitedWith(125);
    assertThat(again.err()).contains("is a mount already", "Try: gractl umount");
    gra.run("umount", at.toString()).succeeded();
    assertThat(at).isEmptyDirectory();
    Outcome none = gra.run("umount", at.toString()).exitedWith(125);
    assertThat(none.err()).contains("is no mount of gractl's");
  }

  @Test
  void after_a_cut_it_is_there_again() throws Exception {
    there("echo kept >file; pkill -x sshd");
    await()
        .ignoreExceptions()
        .atMost(60, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThat(at.resolve("file")).hasContent("kept\n"));
    Files.writeString(at.resolve("file"), "changed\n");
    assertThat(there("cat file")).isEqualTo("changed\n");
  }

  @Test
  void a_new_runner_of_that_name_is_never_taken_for_the_old_one() throws Exception {
    there("echo old >file");
    gra.run("runners", "delete", RUNNER).succeeded();
    gra.run("runners", "create", RUNNER).succeeded();
    there("echo new >file");

    // What sshfs remembers of it is good for some seconds, and what it says then is an error.
    await()
        .atMost(60, TimeUnit.SECONDS)
        .until(() -> !Files.exists(at.resolve("file")) || !readable());
    gra.run("umount", at.toString()).succeeded();
  }

  private boolean readable() {
    try {
      assertThat(Files.readString(at.resolve("file"))).isNotEqualTo("new\n");
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
