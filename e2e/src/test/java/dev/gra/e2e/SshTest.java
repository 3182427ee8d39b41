package dev.gra.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SSH into a runner: {@code gractl ssh}, and by {@code ssh-config} whatever is made upon ssh. */
@Tag("tools")
class SshTest {
  private static final String RUNNER = "shell";
  private static final String HOST = "gra." + RUNNER;

  /** ssh on a terminal of its own, which changes its size and types what it is told. */
  private static final String TERMINAL =
      """
      import fcntl, os, pty, struct, sys, termios
      def size(rows, columns): fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
      def until(word):
          seen = b''
          while word not in seen:
              seen += os.read(fd, 4096)
          sys.stdout.buffer.write(seen)
      pid, fd = pty.fork()
      if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
      size(33, 101)
      until(b'ready')
      os.write(fd, b"stty size; echo on'ce'\\n")
      until(b'once')
      size(44, 122)
      os.write(fd, b"stty size; exit 9\\n")
      until(b'44 122')
      sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
      """;

  @TempDir static Path shared;
  @TempDir Path directory;

  private static LocalGra gra;
  private static Gractl gractl;
  private static String config;

  @BeforeAll
  static void start() {
    gra = LocalGra.started();
    Path bin = shared.resolve("bin");
    gractl =
        gra.gractl()
            .with("XDG_DATA_HOME", shared.toString())
            // What is installed is in no repository, beside which grad would be found.
            .with("GRA_DIST", Build.distribution().toString())
            .with("PATH", bin + ":" + System.getenv("PATH"));
    gractl.run("install", "--dir", bin.toString()).succeeded();
    gractl.run("runners", "create", RUNNER, "--idle-timeout", "30m").succeeded();
    config = shared.resolve("config").toString();
    gractl.run("ssh-config", "--file", config).succeeded();
  }

  @AfterAll
  static void stop() {
    gra.close();
  }

  /** Whatever a test did, its connection is over, and no exec is on disk. */
  @AfterEach
  void nothing_is_left() {
    await()
        .atMost(20, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThat(running("sshd:")).as("sshds left").isEmpty());
    assertThat(gra.files().stream().filter(path -> path.toString().contains("execs/ssh-")))
        .isEmpty();
  }

  private static Stream<String> commandLines() {
    return ProcessHandle.allProcesses().flatMap(process -> process.info().commandLine().stream());
  }

  private static Stream<String> running(String words) {
    return commandLines().filter(line -> line.contains(words));
  }

  private Tool tool() {
    return new Tool(gractl, directory);
  }

  private Path random(int bytes) throws IOException {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    return Files.write(directory.resolve("random"), content);
  }

  @Test
  void stdin_stdout_stderr_and_the_exit_code_are_the_command_s() throws Exception {
    Path data = random(3 << 20);

    Outcome outcome = gractl.stdin(data).run("ssh", RUNNER, "cat; echo räksmörgås >&2; exit 7");

    assertThat(outcome.exitedWith(7).stdout()).isEqualTo(Files.readAllBytes(data));
    assertThat(outcome.err()).isEqualTo("räksmörgås\n");
  }

  @Test
  void a_session_has_an_exec_s_environment_and_begins_in_the_workspace() {
    String line =
        "pwd; umask; for v in PATH HOME USER LANG TMPDIR GRA_RUNNER_UID; do eval echo \\$$v; done";
    String exec = gractl.run("exec", "--runner", RUNNER, "--", "sh", "-c", line).succeeded().out();

    assertThat(gractl.run("ssh", RUNNER, "--", line).succeeded().out()).isEqualTo(exec);
  }

  @Test
  void without_a_name_it_is_the_workspace_s_own_runner() {
    Gractl here = gractl.in(directory);

    Outcome made = here.run("ssh", ":", "echo mine >whose").succeeded();

    assertThat(made.err()).contains("is new: its workspace is empty");
    assertThat(here.run("exec", "--", "cat", "whose").succeeded().out()).isEqualTo("mine\n");
    Outcome shell = here.stdin(write("script", "cat whose; exit 5\n")).run("ssh");
    assertThat(shell.exitedWith(5).out()).isEqualTo("mine\n");
  }

  private Path write(String name, String text) {
    try {
      return Files.writeString(directory.resolve(name), text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void a_terminal_has_its_size_and_hears_of_a_new_one() {
    Path script = write("terminal.py", TERMINAL);

    Outcome shell =
        tool()
            .run(
                "python3",
                script.toString(),
                "ssh",
                "-F",
                config,
                "-t",
                HOST,
                "echo ready; exec sh")
            .exitedWith(9);

    assertThat(shell.out()).contains("33 101", "44 122");
  }

  @Test
  void scp_sftp_and_rsync_carry_files_both_ways() throws Exception {
    Path data = random(2 << 20);
    byte[] bytes = Files.readAllBytes(data);
    String rsh = "ssh -F '" + config + "'";

    tool().run("scp", "-F", config, data.toString(), HOST + ":by-scp").succeeded();
    tool().run("rsync", "-e", rsh, HOST + ":by-scp", "back").succeeded();
    assertThat(directory.resolve("back")).hasBinaryContent(bytes);
    tool().run("rsync", "-e", rsh, data.toString(), HOST + ":by-rsync").succeeded();
    Path batch = write("batch", "get by-rsync again\nput again by-sftp\n");
    tool().run("sftp", "-F", config, "-b", batch.toString(), HOST).succeeded();
    assertThat(directory.resolve("again")).hasBinaryContent(bytes);
    tool().run("scp", "-F", config, HOST + ":by-sftp", "last").succeeded();
    assertThat(directory.resolve("last")).hasBinaryContent(bytes);
  }

  @Test
  void ports_are_forwarded_by_ssh_in_the_ways_that_editors_use() throws Exception {
    int there = freePort();
    int here = freePort();
    int socks = freePort();
    Path unix = directory.resolve("unix");
    String server =
        "import socket; s = socket.create_server(('127.0.0.1', %d)); print('up', flush=True);"
            + " [(c.sendall(b'pong'), c.close()) for c in (s.accept()[0] for _ in range(3))];"
            + " input()";
    String remote = "python3 -c \"" + server.formatted(there) + "\"";
    String target = "127.0.0.1:" + there;
    String port = here + ":" + target;
    String file = unix + ":" + target;
    Process ssh =
        tool().start("ssh", "-F", config, "-L", port, "-L", file, "-D", "" + socks, HOST, remote);
    try {
      assertThat(ssh.getInputStream().readNBytes(3)).asString().isEqualTo("up\n");
      InetSocketAddress local = loopback(here);
      InetSocketAddress proxy = loopback(socks);
      assertThat(said(Proxy.NO_PROXY, local)).isEqualTo("pong");
      assertThat(said(new Proxy(Proxy.Type.SOCKS, proxy), loopback(there))).isEqualTo("pong");
      try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(unix))) {
        assertThat(Channels.newInputStream(channel).readAllBytes()).asString().isEqualTo("pong");
      }
      ssh.getOutputStream().write('\n');
      ssh.getOutputStream().flush();
      assertThat(ssh.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      ssh.destroyForcibly();
    }
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private static String said(Proxy proxy, InetSocketAddress address) throws IOException {
    try (Socket socket = new Socket(proxy)) {
      socket.connect(address);
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void another_key_or_a_password_lets_nobody_in() throws Exception {
    Path key = directory.resolve("other");
    tool().run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()).succeeded();
    String text =
        Files.readString(Path.of(config))
            .replaceAll("IdentityFile .*", "IdentityFile " + key)
            .replaceAll("PreferredAuthentications .*", "BatchMode yes");

    Outcome refused =
        tool().run("ssh", "-F", write("wrong", text).toString(), HOST, "true").exitedWith(255);

    assertThat(refused.err()).contains("Permission denied (publickey)");
  }

  @Test
  void another_user_is_told_who_there_is() {
    Outcome refused = gractl.run("ssh", "--login", "nobody", RUNNER, "true").exitedWith(255);

    assertThat(refused.err()).contains("run as runner, and ssh asks for nobody", "Try: gractl ssh");
  }

  @Test
  void a_runner_s_other_key_is_refused_and_a_new_runner_s_is_no_news() throws Exception {
    gractl.run("runners", "create", "other").succeeded();
    gractl.run("ssh", "other", "true").succeeded();
    gractl.run("exec", "--runner", "other", "--", "rm", "-r", ".gra").succeeded();

    Outcome refused = gractl.run("ssh", "other", "touch in").exitedWith(255);

    assertThat(refused.err()).contains("another host key than before", "Try: rm");
    // Not when sshd has waited in vain for somebody to log in.
    assertThat(refused.took()).isLessThan(Duration.ofSeconds(60));
    gractl.run("exec", "--runner", "other", "--", "test", "!", "-e", "in").succeeded();
    gractl.run("runners", "delete", "other").succeeded();
    gractl.run("runners", "create", "other").succeeded();
    assertThat(gractl.run("ssh", "other", "true").succeeded().err()).isEmpty();
  }

  @Test
  void what_a_session_leaves_behind_ends_with_it() throws Exception {
    String line =
        "setsid sleep 98765 </dev/null >/dev/null 2>&1 & nohup sleep 98766 </dev/null >/dev/null 2>&1 & echo up";
    assertThat(gractl.run("ssh", RUNNER, line).succeeded().out()).isEqualTo("up\n");
    await().until(() -> running("sleep 9876").findAny().isEmpty());
    Process ssh = tool().start("ssh", "-F", config, HOST, line + "; sleep 98767");
    assertThat(ssh.getInputStream().readNBytes(3)).asString().isEqualTo("up\n");
    assertThat(running("sleep 98767")).isNotEmpty();

    ssh.destroyForcibly();

    await()
        .atMost(20, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThat(running("sleep 9876")).isEmpty());
  }

  @Test
  void a_session_goes_on_when_grad_was_killed_and_is_there_again() throws Exception {
    Process ssh = tool().start("ssh", "-F", config, HOST, "cat");
    try {
      assertThat(echoed(ssh, "before\n")).isEqualTo("before\n");
      ProcessHandle grad = ProcessHandle.of(gra.pid()).orElseThrow();
      grad.destroyForcibly();
      await().until(() -> !grad.isAlive());
      assertThat(echoed(ssh, "after\n")).isEqualTo("after\n");
      ssh.getOutputStream().close();
      assertThat(ssh.waitFor()).isZero();
    } finally {
      ssh.destroyForcibly();
    }
  }

  private static String echoed(Process ssh, String text) throws IOException {
    ssh.getOutputStream().write(text.getBytes(UTF_8));
    ssh.getOutputStream().flush();
    InputStream in = ssh.getInputStream();
    return new String(in.readNBytes(text.length()), UTF_8);
  }

  @Test
  void ssh_config_changes_its_own_lines_only_and_takes_them_out_again() throws Exception {
    String own = "# mine\nHost example\n  User someone\n";
    Path file = write("own", own);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    String[] set = {"ssh-config", "--file", file.toString(), "-o", "json"};

    assertThat(gractl.run(set).succeeded().json()).containsEntry("changed", true);

    String once = Files.readString(file);
    assertThat(once).endsWith(own).contains("Host gra.*");
    assertThat(gractl.run(set).succeeded().json()).containsEntry("changed", false);
    assertThat(Files.readString(file)).isEqualTo(once);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
    Outcome seen = tool().run("ssh", "-F", file.toString(), "-G", "example").succeeded();
    assertThat(seen.out()).contains("user someone\n").doesNotContain("proxycommand");
    gractl.run("ssh-config", "--remove", "--file", file.toString()).succeeded();
    assertThat(Files.readString(file)).isEqualTo(own);
  }

  @Test
  void without_an_installed_gractl_ssh_config_says_how_to_get_one() {
    Outcome refused =
        gractl.with("PATH", System.getenv("PATH")).run("ssh-config", "--print").exitedWith(125);

    assertThat(refused.err()).contains("not on PATH", "Try: ", "install");
  }
}
