package dev.gra.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gra.e2e.Gractl;
import dev.gra.e2e.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shells and files of a pod, which has no capability, no root and no port. */
@Tag("cluster")
class PodFilesTest {
  private static final String ACCOUNT = "e2e-files";
  private static final String RUNNER = "shell";

  @TempDir static Path shared;
  @TempDir Path temp;
  private static Gractl gractl;

  @BeforeAll
  static void prepare() throws Exception {
    Kubectl.run("-n", "gra", "create", "serviceaccount", ACCOUNT);
    Path bin = shared.resolve("bin");
    gractl =
        Gractl.at(shared.resolve("home"))
            .with("XDG_CONFIG_HOME", shared.resolve("config").toString())
            .with("XDG_DATA_HOME", shared.toString())
            .with("PATH", bin + ":" + System.getenv("PATH"));
    gractl.run("install", "--dir", bin.toString()).succeeded();
    gractl.run("config", "use-cluster", "--service-account", ACCOUNT).succeeded();
    gractl.run("runners", "create", RUNNER).succeeded();
  }

  @AfterAll
  static void nothing_is_left() {
    gractl.run("runners", "delete", RUNNER).succeeded();
    gractl.run("tunnel", "stop").succeeded();
    Kubectl.run("-n", "gra", "delete", "serviceaccount", ACCOUNT);
  }

  @Test
  void a_command_a_terminal_and_files_go_into_a_pod() throws Exception {
    String line = "id -un; pwd; grep -E '^(NoNewPrivs|CapEff|Seccomp):' /proc/self/status; exit 3";
    assertThat(gractl.run("ssh", RUNNER, line).exitedWith(3).out())
        .isEqualTo("runner\n/workspace\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n");
    assertThat(gractl.run("ssh", "-t", RUNNER, "tty").succeeded().out()).startsWith("/dev/pts/");

    Path config = temp.resolve("ssh_config");
    gractl.run("ssh-config", "--file", config.toString()).succeeded();
    byte[] bytes = new byte[3 << 20];
    new Random(7).nextBytes(bytes);
    Path data = Files.write(temp.resolve("data"), bytes);
    Tool tool = new Tool(gractl, temp);
    tool.run("scp", "-F", config.toString(), data.toString(), "gra." + RUNNER + ":there")
        .succeeded();
    Files.move(data, temp.resolve("gone"), StandardCopyOption.REPLACE_EXISTING);
    tool.run("rsync", "-e", "ssh -F " + config, "gra." + RUNNER + ":there", "data").succeeded();
    assertThat(data).hasBinaryContent(bytes);
  }

  @Test
  void a_tree_is_synced_with_a_pod_and_gets_into_the_next_one_too() throws Exception {
    Path tree = Files.createDirectories(temp.resolve("tree"));
    Files.writeString(Files.createDirectories(tree.resolve("d")).resolve("in"), "3");
    Gractl here = gractl.in(tree);
    here.run("sync").succeeded();
    here.run("exec", "--sync", "--", "sh", "-c", "cat d/in d/in >out").succeeded();
    assertThat(tree.resolve("out")).hasContent("33");

    String byAge = "--sort-by=.metadata.creationTimestamp";
    String pods = Kubectl.run("-n", "gra-runners", "get", "pods", "-o", "name", byAge);
    String newest = pods.lines().reduce((before, next) -> next).orElseThrow();
    Kubectl.run("-n", "gra-runners", "delete", newest, "--grace-period=1");
    assertThat(here.run("sync", "--both", "--delete").succeeded().err()).contains("is new");

    assertThat(here.run("exec", "--", "cat", "d/in", "out").succeeded().out()).isEqualTo("333");
    String own = here.run("config", "get", "runner").succeeded().out().strip();
    here.run("runners", "delete", own).succeeded();
  }

  @Test
  void a_copy_is_whole_either_way() throws Exception {
    byte[] bytes = new byte[20 << 20];
    new Random(8).nextBytes(bytes);
    Path data = Files.write(temp.resolve("data"), bytes);
    gractl.in(temp).run("cp", "data", RUNNER + ":there").succeeded();
    gractl.in(temp).run("cp", RUNNER + ":there", "back").succeeded();
    assertThat(temp.resolve("back")).hasSameBinaryContentAs(data);
  }
}
