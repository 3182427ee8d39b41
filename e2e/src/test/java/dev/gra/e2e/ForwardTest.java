package dev.gra.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ports of a runner as ports of this machine, by {@code gractl forward}. */
class ForwardTest {
  private static final String RUNNER = "served";

  /** One server for all: tells its port, then serves each connection by the first line it hears. */
  private static final String SERVER =
      """
      import functools, hashlib, http.server, os, pathlib, socket, socketserver, struct, threading
      sums = {}
      class Handler(socketserver.StreamRequestHandler):
          def handle(self):
              word, _, rest = self.rfile.readline().decode().strip().partition(' ')
              if word == 'echo':
                  while data := self.rfile.read1(65536):
                      self.wfile.write(data)
              elif word == 'sum':
                  sum = hashlib.sha256()
                  while data := self.rfile.read1(65536):
                      sum.update(data)
                  self.wfile.write(sum.hexdigest().encode())
              elif word == 'ends':
                  self.wfile.write(b'x' * int(rest))
                  self.request.shutdown(socket.SHUT_WR)
                  sum = hashlib.sha256()
                  while data := self.rfile.read1(65536):
                      sum.update(data)
                  sums[rest] = sum.hexdigest()
              elif word == 'heard':
                  self.wfile.write(sums.get(rest, '').encode())
              elif word == 'say':
                  self.wfile.write(rest.encode())
              elif word == 'zeros':
                  while True:
                      self.wfile.write(bytes(65536))
              elif word == 'break':
                  self.wfile.write(b'half')
                  self.wfile.flush()
                  self.rfile.readline()
                  self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
                  os.close(self.request.detach())
      class Server(socketserver.ThreadingTCPServer):
          daemon_threads = True
          request_queue_size = 128
          def handle_error(self, request, client_address): pass
      os.mkdir('www')
      pathlib.Path('www/index.html').write_text('<h1>from a runner</h1>')
      pages = functools.partial(http.server.SimpleHTTPRequestHandler, directory='www')
      web = http.server.ThreadingHTTPServer(('127.0.0.1', 0), pages)
      threading.Thread(target=web.serve_forever, daemon=True).start()
      with Server(('127.0.0.1', 0), Handler) as server:
          print('listening on', server.server_address[1], web.server_address[1], flush=True)
          server.serve_forever()
      """;

  private static LocalGra gra;
  private static int port;
  private static int httpPort;

  private Gractl.Running running;
  private int local;

  @BeforeAll
  static void serve() {
    gra = LocalGra.started();
    gra.run("runners", "create", RUNNER).succeeded();
    String id =
        gra.run("exec", "--runner", RUNNER, "--detach", "--code", SERVER).succeeded().out().strip();
    Pattern told = Pattern.compile("listening on (\\d+) (\\d+)");
    Matcher ports =
        await()
            .atMost(20, TimeUnit.SECONDS)
            .until(
                () -> told.matcher(gra.run("execs", "logs", "--runner", RUNNER, id).out()),
                Matcher::find);
    port = Integer.parseInt(ports.group(1));
    httpPort = Integer.parseInt(ports.group(2));
  }

  @AfterAll
  static void stop() {
    gra.close();
  }

  @BeforeEach
  void forward() throws IOException {
    running = gra.gractl().start("forward", RUNNER, port + ":0", "-o", "json");
    Map<String, Object> json = announced(running);
    assertThat(json).containsEntry("kind", "Forward").containsEntry("port", port);
    assertThat(json).containsEntry("address", "127.0.0.1").containsEntry("runner", RUNNER);
    local = (int) json.get("localPort");
  }

  /** Each test proves that Ctrl-C ends it, and that nothing of its connections is left. */
  @AfterEach
  void interrupt() {
    running.signal("INT");
    assertThat(running.exitCode()).as(running.err()).isZero();
    running.close();
    await().atMost(20, TimeUnit.SECONDS).untilAsserted(() -> assertThat(socats()).isEmpty());
    assertThat(execs()).singleElement().matches(exec -> "RUNNING".equals(exec.get("state")));
    assertThat(directories()).as("execs on disk").hasSize(1);
    assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), local).close())
        .isInstanceOf(SocketException.class);
  }

  @Test
  void a_page_comes_through_it() throws Exception {
    try (var pages = gra.gractl().start("forward", RUNNER, httpPort + ":0", "-o", "json");
        var client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + announced(pages).get("localPort") + "/");
      var answer = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      assertThat(answer.body()).isEqualTo("<h1>from a runner</h1>");
      pages.signal("TERM");
      assertThat(pages.exitCode()).isZero();
    }
  }

  @Test
  void either_side_may_end_first_and_all_bytes_come() throws Exception {
    byte[] bytes = new byte[5 << 20];
    new Random(11).nextBytes(bytes);
    try (Socket socket = connect("sum")) {
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput(); // The sum is made of all bytes, and sent after our end.
      assertThat(text(socket)).isEqualTo(sha256(bytes));
    }
    try (Socket socket = connect("say all of it")) {
      assertThat(text(socket)).isEqualTo("all of it"); // Its end comes though we stay open.
    }
    try (Socket socket = connect("echo")) {
      OutputStream out = socket.getOutputStream();
      Thread sender = Thread.ofVirtual().start(() -> send(socket, out, bytes));
      assertThat(socket.getInputStream().readAllBytes()).isEqualTo(bytes);
      sender.join();
    }
  }

  @Test
  void a_side_that_has_ended_still_gets_all_that_the_other_sends() throws Exception {
    byte[] bytes = new byte[3 << 20];
    new Random(12).nextBytes(bytes);
    try (Socket socket = connect("ends 1000000")) {
      // Its end comes first, while we stay open; what we send then is heard to our own end.
      assertThat(socket.getInputStream().readAllBytes()).hasSize(1_000_000).containsOnly('x');
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput();
      await().untilAsserted(() -> assertThat(answer("heard 1000000")).isEqualTo(sha256(bytes)));
    }
    try (Socket socket = connect("ends 5")) {
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput(); // Ours comes first now.
      assertThat(text(socket)).isEqualTo("xxxxx");
      await().untilAsserted(() -> assertThat(answer("heard 5")).isEqualTo(sha256(bytes)));
    }
    await().untilAsserted(() -> assertThat(socats()).isEmpty()); // Both halves ended: so did it.
  }

  @Test
  void a_connection_that_breaks_there_breaks_here() throws Exception {
    try (Socket socket = connect("break")) {
      assertThat(socket.getInputStream().readNBytes(4)).asString(UTF_8).isEqualTo("half");
      socket.getOutputStream().write('\n');
      assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void a_port_that_nobody_listens_on_is_told_in_one_line() throws Exception {
    int nobody = freePort();
    try (var refused = gra.gractl().start("forward", RUNNER, nobody + ":0", "-o", "json")) {
      int here = (int) announced(refused).get("localPort");
      for (int i = 0; i < 3; i++) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), here)) {
          assertThatThrownBy(() -> socket.getInputStream().read())
              .isInstanceOf(SocketException.class);
        }
      }
      await().until(() -> refused.err().contains("Connection refused"));
      assertThat(refused.err().lines().filter(line -> !line.contains(" leads to ")))
          .singleElement()
          .asString()
          .contains("port " + nobody + " of runner " + RUNNER)
          .contains("Try: ");
      refused.signal("INT");
      assertThat(refused.exitCode()).isZero();
    }
  }

  @Test
  void a_thousand_connections_one_after_another_leave_nothing() throws Exception {
    for (int i = 0; i < 50; i++) {
      assertThat(say(i)).isEqualTo("it is " + i);
    }
    await().until(() -> socats().isEmpty());
    Holdings before = Holdings.now(gra.home(), running.pid());
    for (int i = 0; i < 1000; i++) {
      assertThat(say(i)).isEqualTo("it is " + i);
    }
    await()
        .atMost(20, TimeUnit.SECONDS)
        .untilAsserted(
            () ->
                assertThat(Holdings.now(gra.home(), running.pid()))
                    .matches(now -> now.within(before)));
    assertThat(directories()).hasSize(1);
  }

  @Test
  void fifty_at_once_are_served_each_with_its_own_bytes() throws Exception {
    List<Future<String>> answers = new ArrayList<>();
    List<String> sums = new ArrayList<>();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 50; i++) {
        byte[] bytes = new byte[300_000];
        new Random(i).nextBytes(bytes);
        sums.add(sha256(bytes));
        Callable<String> client =
            () -> {
              try (Socket socket = connect("sum")) {
                socket.getOutputStream().write(bytes);
                socket.shutdownOutput();
                return text(socket);
              }
            };
        answers.add(clients.submit(client));
      }
    }
    for (int i = 0; i < 50; i++) {
      assertThat(answers.get(i).get()).isEqualTo(sums.get(i));
    }
  }

  @Test
  void a_reader_that_stops_stops_the_sender_and_nobody_grows() throws Exception {
    try (Socket deaf = connect("zeros")) {
      AtomicLong last = new AtomicLong();
      // What its command has written no longer changes: all that is on the way is full.
      await()
          .atMost(90, TimeUnit.SECONDS)
          .until(
              () -> {
                long now = written();
                return now > 0 && last.getAndSet(now) == now;
              });
      assertThat(last.get()).isLessThan(16L << 20);
      assertThat(say(1)).isEqualTo("it is 1"); // Others are served meanwhile.
      deaf.getInputStream().skipNBytes(64L << 20); // And it goes on.
    }
  }

  @Test
  void what_cannot_be_is_told_before_anything_listens() {
    gra.run("forward", RUNNER, "http").exitedWith(2);
    gra.run("forward", RUNNER, "80", "--address", "no.such.host.invalid").exitedWith(2);
    assertThat(gra.run("forward", "nobody", "80").exitedWith(125).err()).contains("nobody");
    Outcome taken = gra.run("forward", RUNNER, port + ":" + local).exitedWith(125);
    assertThat(taken.err()).contains("Address already in use").contains("Try: ").hasLineCount(1);
  }

  private String say(int i) throws IOException {
    return answer("say it is " + i);
  }

  private String answer(String line) throws IOException {
    try (Socket socket = connect(line)) {
      return text(socket);
    }
  }

  private Socket connect(String line) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), local);
    socket.setSoTimeout(60_000);
    socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
    return socket;
  }

  private static void send(Socket socket, OutputStream out, byte[] bytes) {
    try {
      out.write(bytes);
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private static String text(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), UTF_8);
  }

  /** The one object that a forward prints; it prints no more. */
  private static Map<String, Object> announced(Gractl.Running forward) throws IOException {
    InputStream out = forward.process().getInputStream();
    StringBuilder json = new StringBuilder();
    BufferedReader lines = new BufferedReader(new InputStreamReader(out, UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      json.append(line);
      if (line.equals("}")) {
        return JSON.std.mapFrom(json.toString());
      }
    }
    throw new AssertionError("no object; stderr: " + forward.err());
  }

  private static int freePort() throws IOException {
    try (var socket = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The runner's execs by their states. */
  private static List<Map<String, Object>> execs() {
    List<Map<String, Object>> execs = new ArrayList<>();
    var json = gra.run("execs", "list", "--runner", RUNNER, "-o", "json").succeeded().json();
    for (Object exec : (List<?>) json.get("execs")) {
      Map<String, Object> members = new LinkedHashMap<>();
      ((Map<?, ?>) exec).forEach((name, value) -> members.put(name.toString(), value));
      execs.add(members);
    }
    return execs;
  }

  /** How many bytes the one connection's command has written. */
  private static long written() {
    return execs().stream()
        .filter(exec -> exec.get("execId").toString().startsWith("forward-"))
        .mapToLong(exec -> ((Number) exec.get("stdoutBytes")).longValue())
        .findFirst()
        .orElse(0);
  }

  /** What is on disk of execs in the runner. */
  private static List<Path> directories() {
    return gra.files().stream()
        .filter(path -> path.getParent() != null && path.getParent().endsWith("execs"))
        .filter(path -> path.startsWith("runners"))
        .toList();
  }

  private static List<String> socats() {
    return ProcessHandle.allProcesses()
        .flatMap(process -> process.info().commandLine().stream())
        .filter(line -> line.contains("socat") && line.contains("TCP:127.0.0.1:" + port))
        .toList();
  }
}
