package dev.gra.protocol;

import static dev.gra.v1.Stream.STREAM_STDERR;
import static dev.gra.v1.Stream.STREAM_STDOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.gra.v1.Cursors;
import dev.gra.v1.Detached;
import dev.gra.v1.ExecResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

class RelayTest {
  private static final long WINDOW = 1000;
  private static final ByteString HELLO = ByteString.copyFromUtf8("hello");

  private final Relay relay = new Relay(Cursors.getDefaultInstance());

  @Test
  void it_grants_no_more_than_its_own_window_whatever_the_client_allows() {
    assertThat(relay.fromClient(Frames.credit(STREAM_STDOUT, 0, 5000), WINDOW))
        .contains(Frames.credit(STREAM_STDOUT, 0, 1000));
  }

  @Test
  void it_grants_no_more_than_the_client_allows_whatever_its_window() {
    assertThat(relay.fromClient(Frames.credit(STREAM_STDOUT, 0, 500), WINDOW))
        .contains(Frames.credit(STREAM_STDOUT, 0, 500));
  }

  @Test
  void it_knows_who_holds_up_a_stream() {
    started();
    relay.fromClient(Frames.credit(STREAM_STDOUT, 0, 5000), WINDOW);
    relay.fromRunner(Frames.output(STREAM_STDOUT, 0, 999));
    assertThat(relay.hold(STREAM_STDOUT)).isEqualTo(Relay.Hold.NONE);
    assertThat(relay.hold(STREAM_STDERR)).isEqualTo(Relay.Hold.CLIENT);

    relay.fromRunner(Frames.output(STREAM_STDOUT, 999, 1));
    assertThat(relay.hold(STREAM_STDOUT)).isEqualTo(Relay.Hold.WINDOW);

    relay.fromClient(Frames.credit(STREAM_STDERR, 0, 10), WINDOW);
    relay.fromRunner(Frames.output(STREAM_STDERR, 0, 10));
    assertThat(relay.hold(STREAM_STDERR)).isEqualTo(Relay.Hold.CLIENT);
  }

  @Test
  void it_grants_more_as_bytes_go_on_to_the_client() {
    started();
    relay.fromClient(Frames.credit(STREAM_STDOUT, 0, 5000), WINDOW);
    relay.fromRunner(Frames.output(STREAM_STDOUT, 0, 1000));
    assertThat(relay.underWay()).isEqualTo(1000);

    assertThat(relay.forwarded(STREAM_STDOUT, 249, WINDOW)).isEmpty();
    assertThat(relay.forwarded(STREAM_STDOUT, 250, WINDOW))
        .contains(Frames.credit(STREAM_STDOUT, 0, 1250));
    assertThat(relay.underWay()).isEqualTo(750);
  }

  @Test
  void a_runner_that_sends_beyond_its_credit_is_stopped() {
    started();
    relay.fromClient(Frames.credit(STREAM_STDOUT, 0, 5000), WINDOW);
    relay.fromRunner(Frames.output(STREAM_STDOUT, 0, 900));
    assertThatThrownBy(() -> relay.fromRunner(Frames.output(STREAM_STDOUT, 900, 101)))
        .isInstanceOf(CreditExceededException.class);
  }

  @Test
  void a_runner_tells_gaps_within_its_credit_only() {
    started();
    assertThatThrownBy(() -> relay.fromRunner(Frames.gap(STREAM_STDOUT, 0, 10)))
        .isInstanceOf(CreditExceededException.class);
    relay.fromClient(Frames.credit(STREAM_STDOUT, 0, 5000), WINDOW);
    relay.fromRunner(Frames.gap(STREAM_STDOUT, 0, 1_000_000));
    assertThatThrownBy(() -> relay.fromRunner(Frames.gap(STREAM_STDOUT, 1_000_000, 1_000_001)))
        .isInstanceOf(CreditExceededException.class);
  }

  @Test
  void a_gap_is_forwarded_as_bytes_are() {
    started();
    relay.fromClient(Frames.credit(STREAM_STDERR, 0, 5000), WINDOW);
    relay.fromRunner(Frames.gap(STREAM_STDERR, 0, 4000));
    assertThat(relay.forwarded(STREAM_STDERR, 4000, WINDOW))
        .contains(Frames.credit(STREAM_STDERR, 0, 5000));
  }

  @Test
  void a_runner_that_repeats_leaves_out_or_sends_too_much_at_once_is_stopped() {
    started();
    relay.fromClient(Frames.credit(STREAM_STDOUT, 0, 100_000), 100_000);
    relay.fromRunner(Frames.output(STREAM_STDOUT, 0, 10));
    for (ExecResponse response :
        List.of(
            Frames.output(STREAM_STDOUT, 0, 10),
            Frames.output(STREAM_STDOUT, 11, 10),
            Frames.output(STREAM_STDOUT, 10, 0),
            Frames.output(STREAM_STDOUT, 10, Limits.CHUNK_BYTES + 1),
            Frames.output(STREAM_STDOUT, Long.MIN_VALUE, HELLO),
            Frames.gap(STREAM_STDOUT, 0, 20),
            Frames.gap(STREAM_STDOUT, 10, 10),
            Frames.gap(STREAM_STDOUT, 10, Long.MAX_VALUE),
            Frames.started(0, 0, false),
            ExecResponse.getDefaultInstance())) {
      assertThatThrownBy(() -> relay.fromRunner(response)).isInstanceOf(ProtocolException.class);
    }
  }

  @Test
  void nothing_comes_before_started_but_the_end() {
    assertThatThrownBy(() -> relay.fromRunner(Frames.stdinCredit(0, 1)))
        .isInstanceOf(ProtocolException.class);
    relay.fromRunner(Frames.ended(Frames.exited(0, 0)));
  }

  @Test
  void nothing_comes_after_ended_or_detached() {
    started();
    relay.fromRunner(Frames.ended(Frames.exited(0, 0)));
    assertThatThrownBy(() -> relay.fromRunner(Frames.detached(Detached.Reason.REASON_SUPERSEDED)))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void a_client_sends_stdin_within_its_credit_only_and_without_holes() {
    started();
    assertThat(relay.fromClient(Frames.stdin(0, HELLO), WINDOW)).contains(Frames.stdin(0, HELLO));
    assertThat(relay.fromClient(Frames.stdin(0, HELLO), WINDOW)).isPresent();
    assertThatThrownBy(() -> relay.fromClient(Frames.stdin(6, HELLO), WINDOW))
        .isInstanceOf(ProtocolException.class);
    assertThatThrownBy(() -> relay.fromClient(Frames.stdin(5, Content.stdin(0, 996)), WINDOW))
        .isInstanceOf(CreditExceededException.class);
    relay.fromRunner(Frames.stdinCredit(5, 1005));
    assertThat(relay.fromClient(Frames.stdin(5, Content.stdin(0, 1000)), WINDOW)).isPresent();
  }

  @Test
  void a_runner_that_gives_credit_without_bound_for_stdin_is_stopped() {
    for (ExecResponse started :
        List.of(
            Frames.started(0, Limits.STDIN_WINDOW_BYTES + 1, false),
            Frames.started(-1, 0, false),
            Frames.started(10, 9, false),
            Frames.started(Long.MAX_VALUE, Long.MAX_VALUE, false))) {
      Relay fresh = new Relay(Cursors.getDefaultInstance());
      assertThatThrownBy(() -> fresh.fromRunner(started)).isInstanceOf(ProtocolException.class);
    }
    started();
    for (ExecResponse credit :
        List.of(
            Frames.stdinCredit(1, 10),
            Frames.stdinCredit(-1, 10),
            Frames.stdinCredit(0, Limits.STDIN_WINDOW_BYTES + 1))) {
      assertThatThrownBy(() -> relay.fromRunner(credit)).isInstanceOf(ProtocolException.class);
    }
  }

  @Test
  void a_client_that_consumed_what_was_never_sent_or_wants_all_at_once_is_stopped() {
    started();
    assertThatThrownBy(() -> relay.fromClient(Frames.credit(STREAM_STDOUT, 1, 2), WINDOW))
        .isInstanceOf(ProtocolException.class);
    assertThatThrownBy(
            () -> relay.fromClient(Frames.credit(STREAM_STDOUT, 0, Long.MAX_VALUE), WINDOW))
        .isInstanceOf(ProtocolException.class);
    assertThatThrownBy(() -> new Relay(Frames.cursors(Long.MAX_VALUE, 0)))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void pings_are_its_own_and_other_words_go_through() {
    assertThat(relay.fromClient(Frames.ping(), WINDOW)).isEmpty();
    assertThat(relay.fromClient(Frames.signal(2), WINDOW)).contains(Frames.signal(2));
    assertThatThrownBy(() -> relay.fromClient(Frames.attach(0, 0, true), WINDOW))
        .isInstanceOf(ProtocolException.class);
  }

  private void started() {
    relay.fromRunner(Frames.started(0, WINDOW, false));
  }
}
