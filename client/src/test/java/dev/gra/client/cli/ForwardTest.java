package dev.gra.client.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gra.client.FakeExec;
import dev.gra.client.FakeGrad;
import dev.gra.client.GraException;
import dev.gra.client.config.Key;
import dev.gra.v1.Ending;
import dev.gra.v1.FailedToStart;
import dev.gra.v1.RunnerLost;
import dev.gra.v1.Start;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardTest {
  private static final String REFUSED =
      "2026/11/23 19:00:00 socat[1] E connect(5, AF=2 127.0.0.1:80, 16): Connection refused\n";
  private static final String REMOTE_END =
      "2026/11/23 19:00:00 socat[1] N socket 2 (fd 5) is at EOF\n";

  private static final String RESET =
      "2026/11/23 19:00:00 socat[1] W read(5, 0x5598937dc000, 8192): Connection reset by peer\n"
          + "2026/11/23 19:00:00 socat[1] N socket 2 to socket 1 is in error\n"
          + REMOTE_END;

  @TempDir Path temp;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private FakeGrad grad;
  private Session session;
  private Forward forward;
  private CompletableFuture<Integer> served;

  @BeforeEach
  void prepare() throws Exception {
    grad = new FakeGrad();
    PrintStream err = new PrintStream(said, true, UTF_8);
    var flags = Map.of(Key.SERVER, "127.0.0.1:" + grad.port());
    session = new Session(flags, Map.of("HOME", temp.toString()), temp, new Messages(err, false));
  }

  @AfterEach
  void close() {
    if (forward != null) {
      forward.close();
    }
    session.close();
    grad.close();
  }

  /** What socat does to each connection; the probe is answered well. */
  private void serve(Supplier<FakeExec> socat) {
    open(start -> isProbe(start) ? FakeExec.printing("socat", "") : socat.get());
  }

  private void open(java.util.function.Function<Start, FakeExec> program) {
    grad.program = program;
    forward = Forward.open(session, new ForwardTarget("r", "uid-of-r", 80), "127.0.0.1", 0);
    served =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return forward.serve();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
  }

  private static boolean isProbe(Start start) {
    return start.getArgvList().contains("-V");
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(forward.address().getAddress(), forward.address().getPort());
    socket.setSoTimeout(10_000);
    return socket;
  }

  private List<Start> starts() {
    return grad.openings.stream()
        .filter(opening -> opening.hasStart() && !isProbe(opening.getStart()))
        .map(opening -> opening.getStart())
        .toList();
  }

  private FakeExec only() {
    return grad.execs.get(starts().getFirst().getExecId());
  }

  @Test
  void a_connection_s_bytes_are_a_light_exec_s_stdin_and_its_output_comes_back() throws Exception {
    serve(() -> fed(FakeExec.printing("answer", "")));
    try (Socket socket = connect()) {
      socket.getOutputStream().write("question".getBytes(UTF_8));
      socket.shutdownOutput();
      assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("answer");
    }
    assertThat(only().stdin.toStringUtf8()).isEqualTo("question");
    assertThat(starts())
        .singleElement()
        .matches(Start::getLight)
        .matches(start -> start.getRunnerUid().equals("uid-of-r"))
        .matches(start -> start.getArgvList().getLast().equals("TCP:127.0.0.1:80"));
    assertThat(said.toString(UTF_8)).isEmpty();
  }

  @Test
  void the_end_of_the_port_s_side_is_ours_though_the_local_program_keeps_its_own_open()
      throws Exception {
    serve(() -> fed(FakeExec.printing("all", REMOTE_END)));
    try (Socket socket = connect()) {
      assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("all");
    }
  }

  @Test
  void a_port_that_refuses_is_told_once_and_resets_each_connection() throws Exception {
    serve(() -> FakeExec.printing("", REFUSED).ending(FakeExec.exited(1)));
    for (int i = 0; i < 3; i++) {
      assertReset();
    }
    await().until(() -> !said.toString(UTF_8).isEmpty());
    assertThat(said.toString(UTF_8).lines())
        .singleElement()
        .asString()
        .contains("port 80 of runner r")
        .contains("Connection refused")
        .contains("Try: ");
  }

  @Test
  void an_answer_that_breaks_off_is_a_reset_and_not_an_end() throws Exception {
    serve(() -> FakeExec.printing("half", "").ending(FakeExec.exited(1)));
    assertReset();
  }

  @Test
  void a_reset_of_which_socat_makes_an_end_is_a_reset() throws Exception {
    serve(() -> fed(FakeExec.printing("half", RESET)));
    assertReset();
  }

  @Test
  void what_grad_refuses_is_told_and_the_next_connection_served() throws Exception {
    serve(() -> FakeExec.printing("well", ""));
    Status full = Status.RESOURCE_EXHAUSTED.withDescription("128 light execs are live");
    grad.refusal = number -> number == 2 ? Optional.of(full) : Optional.empty();
    assertReset();
    await().until(() -> said.toString(UTF_8).contains("128 light execs are live"));
    try (Socket socket = connect()) {
      assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("well");
    }
  }

  @Test
  void it_ends_when_its_runner_is_gone() throws Exception {
    Ending lost = Ending.newBuilder().setRunnerLost(RunnerLost.getDefaultInstance()).build();
    serve(() -> FakeExec.printing("", "").ending(lost));
    assertReset();
    assertThat(served.get(10, TimeUnit.SECONDS)).isEqualTo(ExitCodes.FAILED);
    assertThat(said.toString(UTF_8)).contains("runner r is gone").contains("Try: ");
  }

  @Test
  void a_runner_without_socat_is_told_before_anything_listens() {
    Ending missing =
        Ending.newBuilder()
            .setFailedToStart(
                FailedToStart.newBuilder().setReason(FailedToStart.Reason.REASON_NOT_FOUND))
            .build();
    assertThatThrownBy(() -> open(_ -> FakeExec.printing("", "").ending(missing)))
        .isInstanceOf(GraException.class)
        .hasMessageContaining("no socat");
  }

  @Test
  void a_port_in_use_is_told_with_a_way_out() throws Exception {
    serve(() -> FakeExec.printing("", ""));
    var target = new ForwardTarget("r", "uid-of-r", 80);
    int taken = forward.address().getPort();
    assertThatThrownBy(() -> Forward.open(session, target, "127.0.0.1", taken))
        .isInstanceOfSatisfying(
            GraException.class, e -> assertThat(e.hint()).contains("gractl forward r 80:0"));
  }

  @Test
  void a_hundred_are_served_at_once_and_the_next_when_one_is_over() throws Exception {
    serve(() -> fed(FakeExec.printing("", "")));
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 101; i++) {
        sockets.add(connect());
      }
      await().until(() -> starts().size() == 100);
      await().during(300, TimeUnit.MILLISECONDS).until(() -> starts().size() == 100);
      sockets.getFirst().shutdownOutput();
      await().until(() -> starts().size() == 101);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void closing_it_cancels_what_is_under_way() throws Exception {
    serve(() -> fed(FakeExec.endless("begun")));
    try (Socket socket = connect()) {
      InputStream in = socket.getInputStream();
      assertThat(in.readNBytes(5)).asString().isEqualTo("begun");
      forward.close();
      assertThat(served.get(10, TimeUnit.SECONDS)).isZero();
      await().until(() -> only().acknowledged);
      assertThatThrownBy(in::read).isInstanceOf(SocketException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "65536", "80:65536", "80:", ":80", "80:81:82", "http", "-1"})
  void what_is_no_port_is_refused(String text) {
    assertThatThrownBy(() -> ForwardPorts.parse(text))
        .isInstanceOf(GraException.class)
        .hasMessageContaining("not a port");
  }

  @Test
  void the_local_port_is_the_same_unless_given() {
    assertThat(ForwardPorts.parse("80")).isEqualTo(new ForwardPorts(80, 80));
    assertThat(ForwardPorts.parse("80:0")).isEqualTo(new ForwardPorts(80, 0));
    assertThat(ForwardPorts.parse("80:8080")).isEqualTo(new ForwardPorts(80, 8080));
  }

  private void assertReset() throws IOException {
    try (Socket socket = connect()) {
      assertThatThrownBy(() -> socket.getInputStream().readAllBytes())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
  }

  private static FakeExec fed(FakeExec exec) {
    exec.wantsStdin = true;
    return exec;
  }
}
