package dev.gra.grad.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gra.grad.runner.EnsureRequest;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Runner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands in a sandbox that try to get out of it. */
class SandboxAttackTest {
  private static final Owner ALICE = new Owner("alice");
  private static final String SECRET = "the-secret-of-this-test";

  private LocalBench bench;
  private LocalRuntime runtime;
  private Runner runner;

  @BeforeEach
  void openRuntime() throws IOException {
    begin(new LocalBench(IsolationChoice.BUBBLEWRAP));
  }

  private void begin(LocalBench next) throws IOException {
    bench =
        next.environment("GRA_TEST_TOKEN", SECRET)
            .environment("HTTPS_PROXY", "http://me:" + SECRET + "@proxy");
    runtime = bench.open();
    runner = runtime.ensure(ALICE, EnsureRequest.named("r"), _ -> {}).runner();
  }

  @AfterEach
  void deleteAllAndClose() throws IOException {
    for (var one : runtime.list(ALICE)) {
      runtime.delete(ALICE, one.name(), Optional.empty());
    }
    runtime.close();
    bench.close();
  }

  private String sh(String script) throws IOException {
    return LocalBench.sh(runtime, runner, script);
  }

  /** Ran, and failed. */
  private void assertRefused(String command) throws IOException {
    assertThat(sh("(" + command + ") >/dev/null 2>&1 && echo done || echo refused"))
        .as(command)
        .isEqualTo("refused");
  }

  @Test
  void the_sandbox_is_fit_for_work() throws IOException {
    assertThat(sh("whoami; pwd; echo ~; hostname"))
        .isEqualTo("runner\n/workspace\n/home/runner\nr");
    assertThat(sh("touch f /tmp/f ~/f /var/tmp/g && ls /tmp")).isEqualTo("f\ng");
    assertThat(sh("python3 -c 'print(6 * 7)'")).isEqualTo("42");
    assertThat(
            sh("python3 -c 'import ssl, sqlite3; print(ssl.create_default_context() is not None)'"))
        .isEqualTo("True");
  }

  /** As a virtual environment in a project: its installation is seen, what lies beside it isn't. */
  @Test
  void an_interpreter_on_the_path_works_inside_and_brings_nothing_along() throws IOException {
    deleteAllAndClose();
    var next = new LocalBench(IsolationChoice.BUBBLEWRAP);
    var prefix = next.directory().resolve("project/env");
    Files.createDirectories(prefix.resolve("bin"));
    Files.writeString(prefix.resolveSibling("secret"), SECRET);
    var python = prefix.resolve("bin/python3");
    Files.writeString(
        python,
        "#!/bin/sh\ncase $1 in -c) echo " + prefix + ";; *) exec /usr/bin/python3 \"$@\";; esac\n");
    Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwxr-xr-x"));
    begin(next.environment("PATH", prefix.resolve("bin") + ":/usr/bin:/bin"));

    assertThat(sh("command -v python3")).isEqualTo(python.toString());
    assertRefused("touch " + python);
    assertThat(sh("ls " + prefix.getParent())).isEqualTo("env");
  }

  @Test
  void the_state_directory_is_not_there() throws IOException {
    var token = bench.home().resolve("token");
    Files.writeString(token, SECRET);

    assertRefused("cat " + token);
    assertRefused("ls " + bench.home());
    assertRefused("cat /proc/1/root" + token);
    assertRefused("cat /proc/1/cwd/" + token);
    assertThat(sh("grep -rs " + SECRET + " /run /home /tmp /var /workspace /proc/self/environ"))
        .isEmpty();
  }

  @Test
  void home_directories_are_not_there() throws IOException {
    var home = System.getProperty("user.home");

    assertRefused("ls -d " + home + "/.ssh");
    assertRefused("ls -d " + home + "/.m2");
    assertThat(sh("find " + home + " -maxdepth 1 -type f 2>/dev/null")).isEmpty();
    assertThat(sh("ls /home")).isEqualTo("runner");
  }

  @Test
  void a_neighbour_can_not_be_reached() throws IOException {
    var neighbour = runtime.ensure(ALICE, EnsureRequest.named("neighbour"), _ -> {}).runner();
    var theirs = bench.directory(neighbour);
    Files.writeString(theirs.workspace().resolve("file"), SECRET);

    assertRefused("cat " + theirs.workspace().resolve("file"));
    assertRefused(connect(theirs.socket()));
    assertThat(LocalBench.sh(runtime, neighbour, "cat file")).isEqualTo(SECRET);
    // Its own it may reach: that is the control of this attack.
    assertThat(sh(connect(Path.of("/run/gra/link/s")) + " && echo reached")).isEqualTo("reached");
  }

  private static String connect(Path socket) {
    return "python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect(\"" + socket + "\")'";
  }

  @Test
  void sockets_of_the_machine_can_not_be_reached() throws IOException {
    var docker = bench.directory().resolve("docker.sock");
    try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(docker));
      assertRefused(connect(docker));
    }
    for (var socket :
        new String[] {"/run/docker.sock", "/var/run/docker.sock", "/run/dbus", "/run/user"}) {
      assertRefused("ls -d " + socket);
    }
    assertThat(sh("ls /run")).isEqualTo("gra");
    assertThat(sh("ls -A /var")).isEqualTo("tmp");
  }

  @Test
  void what_a_stranger_can_not_read_a_command_can_not_either() throws IOException {
    assertThat(Path.of("/etc/shadow")).exists();
    assertThat(sh("cat /etc/shadow /etc/gshadow /etc/shadow- 2>/dev/null")).isEmpty();
    assertThat(sh("find /etc /usr/local/etc ! -perm -o=r -size +0 -type f 2>/dev/null")).isEmpty();
    assertThat(sh("ls -A /etc/ssl/private 2>/dev/null")).isEmpty();
  }

  @Test
  void processes_outside_can_not_be_seen_or_killed() throws IOException {
    var self = ProcessHandle.current().pid();

    assertThat(sh("cat /proc/[0-9]*/comm").lines()).hasSizeLessThan(8).doesNotContain("java");
    assertRefused("kill -0 " + Math.max(self, 1000));
    assertThatThrownBy(() -> assertThat(sh("kill -9 -1; echo here")).contains("here"))
        .isInstanceOfAny(IOException.class, AssertionError.class);
    assertThat(ProcessHandle.current().isAlive()).isTrue();
    // It killed its own runnerd by that, and no more.
    await()
        .ignoreExceptionsInstanceOf(IOException.class)
        .untilAsserted(() -> assertThat(sh("echo back")).isEqualTo("back"));
  }

  @Test
  void nothing_outside_can_be_written() throws IOException {
    for (var path :
        new String[] {"/x", "/usr/x", "/etc/x", "/run/x", "/var/x", "/opt/gra/runnerd/x"}) {
      assertRefused("touch " + path);
    }
    assertRefused("echo x > /opt/gra/runnerd/bin/runnerd");
    assertRefused("echo x > /etc/passwd");
    assertRefused(": >> /proc/sys/kernel/core_pattern");
    assertRefused(": >> /proc/sysrq-trigger");
    assertRefused("ls /sys/kernel");
  }

  @Test
  void nothing_of_the_kernel_can_be_opened_for_writing() throws IOException {
    assertThat(
            sh(
                """
                python3 - <<'END'
                import os
                for directory, directories, files in os.walk("/proc"):
                    if directory == "/proc":
                        directories[:] = [d for d in directories if not d.isdigit() and d != "pressure"]
                    for file in files:
                        path = os.path.join(directory, file)
                        try:
                            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
                            print(path)
                        except OSError:
                            pass
                END"""))
        .isEmpty();
    assertThat(sh("cat /proc/slabinfo /proc/timer_list /proc/keys 2>/dev/null")).isEmpty();
  }

  @Test
  void there_is_no_capability_and_none_to_be_had() throws IOException {
    assertThat(sh("grep -E 'Cap(Prm|Eff|Bnd|Amb)|NoNewPrivs' /proc/self/status | tr -s '\\t' ' '"))
        .isEqualTo(
            """
            CapPrm: 0000000000000000
            CapEff: 0000000000000000
            CapBnd: 0000000000000000
            CapAmb: 0000000000000000
            NoNewPrivs: 1""");
    assertRefused("umount /etc/shadow");
    assertRefused("mount -o remount,rw /");
    assertRefused("chroot / true");
  }

  @Test
  void a_user_namespace_within_lifts_no_mask() throws IOException {
    assertRefused("unshare -Urm umount /etc/shadow");
    assertRefused("unshare -Urm umount -l /etc/shadow");
    assertRefused("unshare -Urm mount -o remount,bind,rw /usr");
    assertRefused(
        "unshare -Urm sh -c 'mount -t proc proc /tmp && : >> /tmp/sys/kernel/core_pattern'");
    assertRefused(
        "unshare -Urpfm sh -c 'mkdir /tmp/p; mount -t proc proc /tmp/p && : >> /tmp/p/sys/kernel/core_pattern'");
    assertRefused("unshare -Urm mount -o remount,bind,rw /proc/sys");
    assertRefused("unshare -Urm umount -l /proc/sys");
    assertRefused("unshare -Urm sh -c 'mknod /tmp/d b 254 0 && cat /tmp/d'");
  }

  @Test
  void the_keyrings_of_the_session_are_out_of_reach() throws IOException {
    assertThat(
            sh(
                """
                python3 -c 'import ctypes, os
                libc = ctypes.CDLL(None, use_errno=True)
                number = {"x86_64": 250, "aarch64": 219}[os.uname().machine]
                print(libc.syscall(number, 0, -3, 0), os.strerror(ctypes.get_errno()))'"""))
        .isEqualTo("-1 Function not implemented");
  }

  @Test
  void the_environment_has_no_secret() throws IOException {
    assertThat(sh("env; tr '\\0' '\\n' < /proc/1/environ"))
        .doesNotContain(SECRET)
        .doesNotContain("TOKEN")
        .doesNotContain("PROXY")
        .contains("HOME=/home/runner")
        .contains("GRA_RUNNER_UID=" + runner.uid());
  }

  @Test
  void runnerd_inherits_no_descriptor_of_grad() throws IOException {
    var descriptors = sh("for p in /proc/[0-9]*; do readlink $p/fd/* 2>/dev/null; done");

    assertThat(descriptors.lines())
        .isNotEmpty()
        .allMatch(
            target ->
                target.equals("/dev/null")
                    || target.startsWith("socket:")
                    || target.startsWith("pipe:")
                    || target.startsWith("anon_inode:")
                    || target.endsWith("/log"));
  }

  @Test
  void the_network_is_the_machines_or_none_as_configured() throws IOException {
    try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var connect =
          "python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", "
              + listener.getLocalPort()
              + "))'";
      assertThat(sh(connect + " && echo reached")).isEqualTo("reached");

      deleteAllAndClose();
      begin(new LocalBench(IsolationChoice.BUBBLEWRAP).network(NetworkChoice.NONE));

      assertRefused(connect);
      assertThat(
              sh("python3 -c 'import socket; socket.create_server((\"127.0.0.1\", 0))' && echo up"))
          .isEqualTo("up");
    }
  }
}
