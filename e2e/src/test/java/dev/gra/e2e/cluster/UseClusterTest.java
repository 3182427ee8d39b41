package dev.gra.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gra.e2e.Gractl;
import dev.gra.e2e.Outcome;
import dev.gra.e2e.Processes;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** gractl's way to the grad that is deployed in the cluster of kubectl's current context. */
@Tag("cluster")
class UseClusterTest {
  private static final String ACCOUNT = "e2e-use-cluster";

  @TempDir Path temp;
  private Path home;
  private Gractl gractl;

  @BeforeEach
  void prepare() throws Exception {
    Kubectl.run("-n", "gra", "create", "serviceaccount", ACCOUNT);
    home = temp.resolve("home");
    Path workspace = Files.createDirectories(temp.resolve("e2e-use-cluster"));
    gractl =
        Gractl.at(home).with("XDG_CONFIG_HOME", temp.resolve("config").toString()).in(workspace);
    gractl.run("config", "use-cluster", "--service-account", ACCOUNT).succeeded();
  }

  @AfterEach
  void nothing_is_left() throws Exception {
    try {
      Map<String, Object> list = gractl.run("runners", "list", "-o", "json").json();
      for (Object runner : (List<?>) list.getOrDefault("runners", List.of())) {
        gractl.run("runners", "delete", (String) ((Map<?, ?>) runner).get("name")).succeeded();
      }
      gractl.run("tunnel", "stop").succeeded();
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(Processes.of(home)).as("processes left").isEmpty());
      assertThat(home.resolve("tunnels")).isDirectoryNotContaining("glob:**.properties");
    } finally {
      Kubectl.run("-n", "gra", "delete", "serviceaccount", ACCOUNT);
    }
  }

  private ProcessHandle keeper() {
    Number pid =
        (Number) gractl.run("tunnel", "status", "-o", "json").succeeded().json().get("pid");
    return ProcessHandle.of(pid.longValue()).orElseThrow();
  }

  private ProcessHandle forward() {
    return keeper()
        .descendants()
        .filter(process -> process.info().command().orElse("").endsWith("kubectl"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_command_runs_in_a_pod_and_the_doctor_finds_all_well() {
    assertThat(gractl.run("exec", "--", "cat", "/proc/1/comm").succeeded().out())
        .isEqualTo("tini\n");
    Outcome doctor = gractl.run("doctor").succeeded();
    assertThat(doctor.out()).contains("ok   tunnel", "ok   token", "ok   grad");
  }

  @Test
  void a_kubectl_killed_in_mid_stream_costs_nothing() throws Exception {
    String line = "echo ran >>count; head -c 60000000 /dev/urandom | tee data";
    try (Gractl.Running running = gractl.start("exec", "--", "sh", "-c", line)) {
      InputStream out = running.process().getInputStream();
      MessageDigest sum = MessageDigest.getInstance("SHA-256");
      DigestInputStream summed = new DigestInputStream(out, sum);
      assertThat(summed.readNBytes(1_000_000)).as(running.err()).hasSize(1_000_000);
      assertThat(forward().destroyForcibly()).isTrue();
      long rest = summed.transferTo(OutputStream.nullOutputStream());
      assertThat(running.exitCode()).as(running.err()).isZero();
      assertThat(rest).isEqualTo(59_000_000);
      assertThat(running.err()).contains("connected again");
      String whole =
          gractl.run("exec", "--", "sh", "-c", "sha256sum <data; wc -l <count").succeeded().out();
      assertThat(whole).startsWith(HexFormat.of().formatHex(sum.digest())).endsWith("\n1\n");
    }
  }

  @Test
  void after_the_tunnel_was_stopped_or_killed_the_next_call_opens_another() {
    ProcessHandle first = keeper();
    gractl.run("tunnel", "stop").succeeded();
    assertThat(first.isAlive()).isFalse();
    assertThat(Processes.of(home)).isEmpty();
    gractl.run("runners", "list").succeeded();
    ProcessHandle second = keeper();
    second.destroyForcibly();
    await().untilAsserted(() -> assertThat(Processes.of(home)).isEmpty());

    gractl.run("runners", "list").succeeded();

    assertThat(keeper().pid()).isNotEqualTo(second.pid());
  }

  @Test
  void what_is_wrong_is_told_in_one_line_with_what_helps() {
    // Each is looked for in the order of the steps, up to the one that fails.
    Map<List<String>, String> wrong =
        Map.of(
            List.of("--context", "nowhere"), "get-contexts",
            List.of("--namespace", "nowhere"), "there is no namespace nowhere",
            List.of("--namespace", "default"), "there is no Service grad",
            List.of("--service-account", "nobody"), "create serviceaccount nobody",
            List.of("--service-account", ACCOUNT, "--server-name", "other.example"), "certificate");
    wrong.forEach(
        (options, told) -> {
          List<String> command = new ArrayList<>(List.of("config", "use-cluster"));
          command.addAll(options);
          Outcome outcome = gractl.run(command.toArray(String[]::new)).exitedWith(125);
          assertThat(outcome.err().lines().toList().getLast()).contains(told).contains("Try: ");
        });
    gractl.run("runners", "list").succeeded();
  }
}
