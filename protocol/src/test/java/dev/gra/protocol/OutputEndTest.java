package dev.gra.protocol;

import static dev.gra.v1.Stream.STREAM_STDERR;
import static dev.gra.v1.Stream.STREAM_STDOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gra.v1.Attach;
import dev.gra.v1.Cursors;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The end of one output stream while its command goes on, at each of the three. */
class OutputEndTest {
  private static final long WINDOW = 100_000;
  private static final ClientExec.Nothing NOTHING = new ClientExec.Nothing();

  private final HostileHost host = new HostileHost();
  private final RunnerExec runner = new RunnerExec("exec", Limits.STDIN_WINDOW_BYTES, host);
  private final Relay relay = new Relay(Cursors.getDefaultInstance());
  private final ClientExec client = ClientExec.start(Start.newBuilder().build(), WINDOW);

  @Test
  void it_is_told_after_the_last_byte_while_the_command_goes_on() {
    host.end[0] = 50_000;
    attach(1, 0, true);
    runner.outputEnded(STREAM_STDOUT);
    runner.receive(1, Frames.credit(STREAM_STDOUT, 0, 40_000));
    assertThat(sent(1)).containsExactly("STARTED", "DATA", "DATA");
    runner.receive(1, Frames.credit(STREAM_STDOUT, 40_000, 50_000));
    assertThat(sent(1)).containsExactly("DATA", "OUTPUT_END");
    runner.outputEnded(STREAM_STDERR); // It wants no credit.
    assertThat(sent(1)).containsExactly("OUTPUT_END");
    runner.ended(Frames.exited(50_000, 0));
    assertThat(sent(1)).containsExactly("STDIN_CLOSED", "ENDED");
  }

  @Test
  void whoever_comes_later_is_told_as_well() {
    runner.outputEnded(STREAM_STDOUT);
    attach(1, 0, true);
    attach(2, 1000, true);
    runner.receive(1, Frames.credit(STREAM_STDOUT, 0, 1000));
    assertThat(sent(1)).containsExactly("STARTED", "DATA", "OUTPUT_END");
    assertThat(runner.next(2)).isPresent();
    assertThat(runner.next(2))
        .contains(new RunnerExec.Frame(Frames.outputEnd(STREAM_STDOUT, 1000)));
  }

  @Test
  void it_is_not_told_to_who_did_not_ask_nor_to_who_closed_the_stream() {
    attach(1, 1000, false);
    attach(2, 1000, true);
    runner.receive(1, Frames.closeOutput(STREAM_STDERR));
    runner.outputEnded(STREAM_STDERR);
    runner.outputEnded(STREAM_STDOUT);
    assertThat(sent(1)).containsExactly("STARTED");
    assertThat(sent(2)).containsExactly("STARTED", "OUTPUT_END", "OUTPUT_END");
  }

  @Test
  void the_command_s_end_says_as_much() {
    attach(1, 1000, true);
    assertThat(sent(1)).containsExactly("STARTED");
    runner.outputEnded(STREAM_STDOUT);
    runner.ended(Frames.exited(1000, 0));
    assertThat(sent(1)).containsExactly("STDIN_CLOSED", "ENDED");
  }

  @Test
  void a_relay_stops_a_runner_that_tells_of_it_early_twice_or_goes_on() {
    ExecResponse end = Frames.outputEnd(STREAM_STDOUT, 10);
    assertThatThrownBy(() -> relay.fromRunner(end)).isInstanceOf(ProtocolException.class);
    relay.fromRunner(Frames.started(0, 0, true));
    relay.fromClient(Frames.credit(STREAM_STDOUT, 0, 1000), WINDOW);
    assertThatThrownBy(() -> relay.fromRunner(end)).isInstanceOf(ProtocolException.class);
    relay.fromRunner(Frames.output(STREAM_STDOUT, 0, 10));
    relay.fromRunner(end);
    for (ExecResponse more :
        List.of(end, Frames.output(STREAM_STDOUT, 10, 1), Frames.gap(STREAM_STDOUT, 10, 20))) {
      assertThatThrownBy(() -> relay.fromRunner(more))
          .isInstanceOf(ProtocolException.class)
          .hasMessageContaining("after its end");
    }
  }

  @Test
  void a_client_asks_for_it_and_is_told_once_over_all_its_connections() {
    client.connected();
    assertThat(client.next().map(ExecRequest::getStart)).matches(OutputEndTest::asks);
    client.received(Frames.started(0, 0, true));
    client.received(Frames.output(STREAM_STDOUT, 0, 10));
    assertThat(client.received(Frames.outputEnd(STREAM_STDOUT, 10)))
        .isEqualTo(new ClientExec.OutputOver(STREAM_STDOUT, 10));

    client.connected();
    assertThat(client.next().map(ExecRequest::getAttach).filter(Attach::getOutputEnds)).isPresent();
    client.received(Frames.started(0, 0, true));
    assertThat(client.received(Frames.outputEnd(STREAM_STDOUT, 10))).isEqualTo(NOTHING);
  }

  @Test
  void a_client_believes_no_end_but_after_all_bytes_and_no_bytes_after_it() {
    client.connected();
    client.next();
    client.received(Frames.started(0, 0, true));
    client.received(Frames.output(STREAM_STDOUT, 0, 10));
    assertBroken(Frames.outputEnd(STREAM_STDOUT, 11));
    assertBroken(Frames.outputEnd(STREAM_STDOUT, 9));
    client.received(Frames.outputEnd(STREAM_STDOUT, 10));
    assertBroken(Frames.output(STREAM_STDOUT, 5, 6));
    assertBroken(Frames.gap(STREAM_STDOUT, 10, 11));
    assertThat(client.received(Frames.output(STREAM_STDOUT, 5, 5))).isEqualTo(NOTHING);
  }

  @Test
  void a_client_that_closed_the_stream_is_told_nothing() {
    client.connected();
    client.next();
    client.received(Frames.started(0, 0, true));
    client.closeOutput(STREAM_STDOUT);
    assertThat(client.received(Frames.outputEnd(STREAM_STDOUT, 0))).isEqualTo(NOTHING);
  }

  private static boolean asks(Optional<Start> start) {
    return start.filter(Start::getOutputEnds).isPresent();
  }

  private void assertBroken(ExecResponse response) {
    assertThatThrownBy(() -> client.received(response)).isInstanceOf(ProtocolException.class);
  }

  /** The first is the writer. */
  private void attach(long key, long cursor, boolean outputEnds) {
    runner.attach(key, new Joining(Frames.cursors(cursor, 0), key == 1, 0, key > 1, outputEnds));
  }

  private List<String> sent(long key) {
    List<String> sent = new ArrayList<>();
    for (var next = runner.next(key); next.isPresent(); next = runner.next(key)) {
      sent.add(
          next.get() instanceof RunnerExec.Frame(ExecResponse response)
              ? response.getFrameCase().name()
              : "DATA");
    }
    return sent;
  }
}
