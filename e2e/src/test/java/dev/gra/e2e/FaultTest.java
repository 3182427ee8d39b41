package dev.gra.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees when parts of gra are killed. */
class FaultTest {
  @TempDir Path directory;
  private LocalGra gra;

  @BeforeEach
  void start() {
    gra = LocalGra.started();
  }

  @AfterEach
  void stop() {
    gra.close();
  }

  private static void kill(long pid) {
    ProcessHandle grad = ProcessHandle.of(pid).orElseThrow();
    grad.destroyForcibly();
    Awaitility.await().until(() -> !grad.isAlive());
  }

  @Test
  void grad_killed_in_mid_stream_and_started_again_costs_nothing() throws Exception {
    Gractl gractl = gra.gractl().in(directory);
    String line = "echo ran >>count; head -c 300000000 /dev/urandom | tee data | cat";
    try (Gractl.Running running = gractl.start("exec", "--", "sh", "-c", line)) {
      InputStream out = running.process().getInputStream();
      MessageDigest sum = MessageDigest.getInstance("SHA-256");
      DigestInputStream summed = new DigestInputStream(out, sum);
      assertThat(summed.readNBytes(1_000_000)).hasSize(1_000_000);
      kill(gra.pid());
      long rest = summed.transferTo(java.io.OutputStream.nullOutputStream());
      assertThat(running.exitCode()).as(running.err()).isZero();
      assertThat(rest).isEqualTo(299_000_000);
      String whole =
          gractl.run("exec", "--", "sh", "-c", "sha256sum <data; wc -l <count").succeeded().out();
      assertThat(whole).startsWith(HexFormat.of().formatHex(sum.digest())).endsWith("\n1\n");
    }
  }

  @Test
  void a_runner_outlives_a_killed_grad_with_its_workspace() {
    Gractl gractl = gra.gractl().in(directory);
    gractl.run("exec", "--", "sh", "-c", "echo kept >file").succeeded();
    kill(gra.pid());
    assertThat(gractl.run("exec", "--", "cat", "file").succeeded().out()).isEqualTo("kept\n");
  }

  @Test
  void a_second_grad_on_the_same_state_directory_refuses() {
    assertThat(gra.start(LocalGra.isolation()).get("pid")).isEqualTo(gra.status().get("pid"));
  }

  @Test
  void without_a_grad_exec_says_the_two_ways_on() {
    try (LocalGra none = LocalGra.stopped()) {
      Outcome outcome = none.run("exec", "--", "true").exitedWith(125);
      assertThat(outcome.err())
          .contains("gractl local start")
          .contains("gractl config use-cluster");
    }
  }

  @Test
  void a_deleted_runner_ends_its_command_and_leaves_nothing() throws Exception {
    Gractl gractl = gra.gractl().in(directory);
    gractl.run("runners", "create", "doomed").succeeded();
    try (Gractl.Running running =
        gractl.start("exec", "--runner", "doomed", "--", "sh", "-c", "echo up; sleep 300")) {
      assertThat(running.process().getInputStream().readNBytes(3)).asString().isEqualTo("up\n");
      gractl.run("runners", "delete", "doomed").succeeded();
      assertThat(running.exitCode()).isIn(125, 143);
    }
    assertThat(gra.home().resolve("runners")).isEmptyDirectory();
  }

  @Test
  void the_sandbox_shows_a_command_neither_secrets_nor_neighbours() throws Exception {
    if (!LocalGra.isolation().equals("bubblewrap")) {
      throw new AssertionError(
          "bubblewrap doesn't work here, so the sandbox can't be tested: install it");
    }
    Gractl gractl = gra.gractl().in(directory);
    gractl.run("runners", "create", "neighbour").succeeded();
    gractl
        .run("exec", "--runner", "neighbour", "--", "sh", "-c", "echo secret >theirs")
        .succeeded();
    String token = Files.readString(gra.home().resolve("token")).strip();
    String attack =
        """
        for f in %s/token %s/tokens.json %s/grad.properties ~/.ssh/* /root/.ssh/* /home/*/.ssh/* /var/run/docker.sock \
            /run/docker.sock /etc/shadow; do
          [ -e "$f" ] && [ -r "$f" ] && [ -s "$f" -o -S "$f" ] && echo "readable: $f"
        done
        find / -name theirs -not -path '/proc/*' 2>/dev/null
        find / -xdev -type s 2>/dev/null | grep -v "^/run/gra" | head
        cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep -c -e '%s'
        ls -d %s 2>/dev/null
        kill -0 %d 2>/dev/null && echo "sees grad"
        true
        """
            .formatted(gra.home(), gra.home(), gra.home(), token, gra.home(), gra.pid());
    assertThat(gractl.run("exec", "--", "sh", "-c", attack).succeeded().out()).isEqualTo("0\n");
  }
}
