package dev.gra.client.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gra.client.GraException;
import dev.gra.client.local.GraHome;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TunnelTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  @TempDir Path temp;
  private FakeKubectl kubectl;
  private FakePod pod;
  private Tunnel tunnel;

  @BeforeEach
  void prepare() throws IOException {
    kubectl = new FakeKubectl(temp);
    pod = new FakePod();
    kubectl.put("port", Integer.toString(pod.port()));
    tunnel = tunnel(kubectl);
  }

  private static Tunnel tunnel(FakeKubectl kubectl) {
    GraHome home = new GraHome(kubectl.home());
    return new Tunnel(home, kubectl.environment(), kubectl.target(), line -> {});
  }

  @AfterEach
  void nothing_is_left() throws IOException {
    tunnel.stop();
    pod.close();
    for (long forward : kubectl.forwards()) {
      await().untilAsserted(() -> assertThat(alive(forward)).as("kubectl %d", forward).isFalse());
    }
    assertThat(home("properties")).isEmpty();
  }

  private List<Path> home(String suffix) throws IOException {
    Path tunnels = new GraHome(kubectl.home()).tunnels();
    if (!Files.exists(tunnels)) {
      return List.of();
    }
    try (var files = Files.list(tunnels)) {
      return files.filter(file -> file.toString().endsWith(suffix)).toList();
    }
  }

  private static boolean alive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  private static Socket connect(TunnelFile to) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), to.port());
  }

  private static String echoed(Socket socket, String text) throws IOException {
    socket.setSoTimeout(20_000);
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    return new String(socket.getInputStream().readNBytes(text.length()), StandardCharsets.UTF_8);
  }

  private static String echoed(TunnelFile through, String text) throws IOException {
    try (Socket socket = connect(through)) {
      return echoed(socket, text);
    } catch (SocketException e) {
      return "cut";
    }
  }

  @Test
  void bytes_pass_both_ways_and_the_file_is_for_its_owner_only() throws IOException {
    TunnelFile open = tunnel.start(LONG);

    assertThat(echoed(open, "hello")).isEqualTo("hello");
    assertThat(Files.getPosixFilePermissions(home("properties").getFirst()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(tunnel.running()).contains(open);
  }

  /** A gractl that opens the tunnel, as a process of its own. */
  static final class Opener {
    public static void main(String... args) {
      System.out.println(tunnel(FakeKubectl.of(Path.of(args[0]))).start(LONG).port());
    }

    private Opener() {}
  }

  @Test
  void two_gractls_at_once_open_one_tunnel() throws Exception {
    List<Process> openers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      openers.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Opener.class.getName(),
                  temp.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start());
    }
    String here = Integer.toString(tunnel.start(LONG).port());

    for (Process opener : openers) {
      assertThat(new String(opener.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip())
          .isEqualTo(here);
      assertThat(opener.waitFor()).isZero();
    }
    assertThat(kubectl.forwards()).hasSize(1);
  }

  @Test
  void a_kubectl_that_ended_is_started_again_behind_the_same_port() throws IOException {
    TunnelFile open = tunnel.start(LONG);
    try (Socket before = connect(open)) {
      assertThat(echoed(before, "one")).isEqualTo("one");
      kubectl.forward().orElseThrow().destroyForcibly();
      pod.close();
      pod = new FakePod();
      kubectl.put("port", Integer.toString(pod.port()));

      await().untilAsserted(() -> assertThat(echoed(open, "two")).isEqualTo("two"));
    }
    assertThat(tunnel.running().orElseThrow().port()).isEqualTo(open.port());
    assertThat(kubectl.forwards()).hasSize(2);
  }

  @Test
  void a_kubectl_that_sticks_to_a_pod_that_went_is_replaced() throws IOException {
    TunnelFile open = tunnel.start(LONG);
    assertThat(echoed(open, "one")).isEqualTo("one");
    pod.close();
    pod = new FakePod();
    kubectl.put("port", Integer.toString(pod.port()));

    await().untilAsserted(() -> assertThat(echoed(open, "two")).isEqualTo("two"));

    assertThat(kubectl.forwards()).hasSize(2);
    await().untilAsserted(() -> assertThat(alive(kubectl.forwards().getFirst())).isFalse());
    assertThat(tunnel.running().orElseThrow().trouble()).isEmpty();
  }

  @Test
  void while_grad_cannot_be_reached_the_tunnel_says_why() throws IOException {
    TunnelFile open = tunnel.start(LONG);
    kubectl.put("fail-port-forward", "error: unable to forward port because pod is not running\n");
    kubectl.forward().orElseThrow().destroyForcibly();

    await()
        .untilAsserted(
            () -> {
              assertThat(echoed(open, "two")).isNotEqualTo("two");
              assertThat(tunnel.running().orElseThrow().trouble()).contains("pod is not running");
            });

    kubectl.heal("port-forward");
    await().untilAsserted(() -> assertThat(echoed(open, "three")).isEqualTo("three"));
    assertThat(tunnel.running().orElseThrow().trouble()).isEmpty();
  }

  @Test
  void a_killed_keeper_takes_its_kubectl_along_and_the_next_start_opens_another() throws Exception {
    TunnelFile first = tunnel.start(LONG);
    long kubectlsPid = kubectl.forward().orElseThrow().pid();
    ProcessHandle.of(first.pid()).orElseThrow().destroyForcibly();

    await().untilAsserted(() -> assertThat(alive(kubectlsPid)).isFalse());
    await().untilAsserted(() -> assertThat(tunnel.running()).isEmpty());
    assertThat(echoed(tunnel.start(LONG), "again")).isEqualTo("again");
  }

  @Test
  void an_unused_tunnel_closes_and_one_in_use_does_not() throws Exception {
    Duration idle = Duration.ofSeconds(2);
    TunnelFile open = tunnel.start(idle);
    ProcessHandle keeper = ProcessHandle.of(open.pid()).orElseThrow();
    try (Socket used = connect(open)) {
      assertThat(echoed(used, "one")).isEqualTo("one");
      assertThat(keeper.onExit().completeOnTimeout(null, 3, java.util.concurrent.TimeUnit.SECONDS))
          .succeedsWithin(Duration.ofSeconds(5))
          .isNull();
      assertThat(echoed(used, "two")).isEqualTo("two");
    }

    await().untilAsserted(() -> assertThat(keeper.isAlive()).isFalse());
    assertThat(tunnel.running()).isEmpty();
  }

  @Test
  void stopping_ends_it_with_its_kubectl() throws IOException {
    TunnelFile open = tunnel.start(LONG);

    assertThat(tunnel.stop()).isTrue();

    assertThat(alive(open.pid())).isFalse();
    await().untilAsserted(() -> assertThat(kubectl.forward()).isEmpty());
    assertThat(tunnel.stop()).isFalse();
  }

  @Test
  void what_keeps_it_from_opening_is_told_in_kubectls_words() throws IOException {
    kubectl.put(
        "fail-port-forward",
        "E1123 10:00:00 1 memcache.go:265] noise\n"
            + "Error from server (Forbidden): pods \"grad-1\" is forbidden: User \"anna\" cannot"
            + " create resource \"pods/portforward\" in API group \"\" in the namespace \"gra\"\n");

    assertThatThrownBy(() -> tunnel.start(LONG))
        .isInstanceOfSatisfying(
            GraException.class,
            e -> {
              assertThat(e.reason()).isEqualTo("FORBIDDEN");
              assertThat(e)
                  .hasMessage(
                      "the cluster refuses: User \"anna\" cannot create resource"
                          + " \"pods/portforward\" in API group \"\" in the namespace \"gra\"");
            });
  }

  @Test
  void without_kubectl_its_name_and_how_to_get_it_are_told() {
    var environment = new java.util.HashMap<>(kubectl.environment());
    environment.put("PATH", temp + File.pathSeparator);
    Tunnel none =
        new Tunnel(new GraHome(kubectl.home()), environment, kubectl.target(), line -> {});

    assertThatThrownBy(() -> none.start(LONG))
        .isInstanceOfSatisfying(
            GraException.class, e -> assertThat(e.hint().orElseThrow()).contains("kubernetes.io"));
  }
}
