package dev.gra.protocol;

import static dev.gra.v1.Stream.STREAM_STDERR;
import static dev.gra.v1.Stream.STREAM_STDOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.gra.v1.Attach;
import dev.gra.v1.Detached;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.Start;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientExecTest {
  private static final long WINDOW = 100_000;
  private static final ByteString HELLO = ByteString.copyFromUtf8("hello");

  @Test
  void it_says_start_and_credit_first_and_waits_with_the_rest_for_started() {
    ClientExec exec = starting(true);
    exec.signal(2);
    exec.closeOutput(STREAM_STDERR);

    assertThat(said(exec))
        .containsExactly(
            ExecRequest.newBuilder().setStart(start(true)).build(),
            Frames.credit(STREAM_STDOUT, 0, WINDOW));

    exec.received(Frames.started(0, 1000, false));
    assertThat(said(exec)).containsExactly(Frames.signal(2), Frames.closeOutput(STREAM_STDERR));
  }

  @Test
  void a_cancel_does_not_wait_for_started() {
    ClientExec exec = starting(false);
    exec.cancel("me");
    assertThat(said(exec))
        .startsWith(ExecRequest.newBuilder().setStart(start(false)).build(), Frames.cancel("me"));

    exec.received(Frames.started(0, 0, true));
    assertThat(said(exec)).isEmpty();
  }

  @Test
  void an_observer_never_cancels() {
    ClientExec observer =
        ClientExec.attach(Attach.newBuilder().setExecId("x").build(), false, WINDOW);
    observer.connected();
    observer.cancel("me");
    assertThat(said(observer)).noneMatch(ExecRequest::hasCancel);
  }

  @Test
  void an_unanswered_start_is_said_again_and_an_answered_one_never() {
    ClientExec exec = starting(false);
    said(exec);
    exec.connected();
    assertThat(said(exec).getFirst().hasStart()).isTrue();

    exec.received(Frames.started(0, 0, true));
    exec.connected();
    assertThat(said(exec).getFirst().hasAttach()).isTrue();
  }

  @Test
  void after_a_cut_it_goes_on_where_it_has_received_and_tells_what_was_written() {
    ClientExec exec = running(false);
    exec.received(Frames.output(STREAM_STDOUT, 0, 1000));
    exec.written(STREAM_STDOUT, 400);
    exec.connected();

    assertThat(said(exec))
        .contains(Frames.credit(STREAM_STDOUT, 400, 400 + WINDOW))
        .first()
        .extracting(first -> first.getAttach().getCursors())
        .isEqualTo(Frames.cursors(1000, 0));
  }

  @Test
  void output_that_comes_again_is_ignored_and_overlapping_output_cut() {
    ClientExec exec = running(false);
    exec.received(Frames.output(STREAM_STDOUT, 0, 1000));

    assertThat(exec.received(Frames.output(STREAM_STDOUT, 0, 1000)))
        .isEqualTo(new ClientExec.Nothing());
    assertThat(exec.received(Frames.output(STREAM_STDOUT, 900, 200)))
        .isEqualTo(
            new ClientExec.Bytes(STREAM_STDOUT, 1100, Content.of(STREAM_STDOUT, 1000, 1100)));
  }

  @Test
  void output_that_leaves_bytes_out_is_against_the_protocol() {
    ClientExec exec = running(false);
    assertThatThrownBy(() -> exec.received(Frames.output(STREAM_STDOUT, 1, 10)))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void output_at_an_impossible_offset_is_against_the_protocol() {
    ClientExec exec = running(false);
    exec.received(Frames.output(STREAM_STDOUT, 0, 10));
    for (long offset : new long[] {-1, Long.MIN_VALUE}) {
      assertThatThrownBy(() -> exec.received(Frames.output(STREAM_STDOUT, offset, HELLO)))
          .isInstanceOf(ProtocolException.class);
    }
  }

  @Test
  void a_gap_to_the_end_of_all_numbers_is_against_the_protocol() {
    ClientExec exec = running(false);
    assertThatThrownBy(() -> exec.received(Frames.gap(STREAM_STDOUT, 0, Long.MAX_VALUE)))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void output_beyond_the_window_exceeds_its_credit() {
    ClientExec exec = running(false);
    for (int at = 0; at < 90_000; at += 30_000) {
      exec.received(Frames.output(STREAM_STDOUT, at, 30_000));
    }
    assertThatThrownBy(() -> exec.received(Frames.output(STREAM_STDOUT, 90_000, 10_001)))
        .isInstanceOf(CreditExceededException.class);
  }

  @Test
  void gaps_need_credit_too_so_that_they_cannot_pile_up() {
    ClientExec exec = running(false);
    exec.received(Frames.gap(STREAM_STDOUT, 0, 200_000));
    assertThatThrownBy(() -> exec.received(Frames.gap(STREAM_STDOUT, 200_000, 200_001)))
        .isInstanceOf(CreditExceededException.class);
  }

  @Test
  void nothing_comes_before_started_but_ended() {
    ClientExec exec = starting(false);
    assertThatThrownBy(() -> exec.received(Frames.output(STREAM_STDOUT, 0, 1)))
        .isInstanceOf(ProtocolException.class);
    assertThat(exec.received(Frames.ended(Frames.exited(0, 0))))
        .isInstanceOf(ClientExec.Over.class);
  }

  @Test
  void nothing_comes_after_ended() {
    ClientExec exec = running(false);
    exec.received(Frames.ended(Frames.exited(0, 0)));
    assertThatThrownBy(() -> exec.received(Frames.output(STREAM_STDOUT, 0, 1)))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void credit_is_told_in_quarters_of_the_window() {
    ClientExec exec = running(false);
    exec.received(Frames.output(STREAM_STDOUT, 0, 30_000));
    exec.written(STREAM_STDOUT, 24_999);
    assertThat(said(exec)).isEmpty();
    exec.written(STREAM_STDOUT, 25_000);
    assertThat(said(exec)).containsExactly(Frames.credit(STREAM_STDOUT, 25_000, 125_000));
  }

  @Test
  void credit_of_a_large_window_is_told_as_often_as_a_small_spool_needs_it() {
    ClientExec exec = ClientExec.start(start(false), Limits.MAX_WINDOW_BYTES);
    exec.connected();
    exec.received(Frames.started(0, 0, true));
    said(exec);
    for (int at = 0; at < 256 << 10; at += 32 << 10) {
      exec.received(Frames.output(STREAM_STDOUT, at, 32 << 10));
    }
    exec.written(STREAM_STDOUT, 256 << 10);
    assertThat(said(exec)).hasSize(1);
  }

  @Test
  void a_window_of_a_byte_is_told_once_for_each_byte() {
    ClientExec exec = ClientExec.start(start(false), 1);
    exec.connected();
    assertThat(said(exec)).hasSize(3);
    exec.received(Frames.started(0, 0, true));
    exec.received(Frames.output(STREAM_STDOUT, 0, 1));
    exec.written(STREAM_STDOUT, 1);
    assertThat(said(exec)).containsExactly(Frames.credit(STREAM_STDOUT, 1, 2));
  }

  @Test
  void all_of_the_output_with_the_right_checksum_is_verified() {
    ClientExec exec = running(false);
    exec.received(Frames.output(STREAM_STDOUT, 0, 1000));
    assertThat(ending(exec, 1000)).isEqualTo(Verification.VERIFIED);
  }

  @Test
  void a_changed_byte_is_a_mismatch() {
    ClientExec exec = running(false);
    exec.received(Frames.output(STREAM_STDOUT, 0, Content.of(STREAM_STDERR, 0, 1000)));
    assertThat(ending(exec, 1000)).isEqualTo(Verification.MISMATCH);
  }

  @Test
  void a_missing_byte_is_a_mismatch() {
    ClientExec exec = running(false);
    exec.received(Frames.output(STREAM_STDOUT, 0, 999));
    assertThat(ending(exec, 1000)).isEqualTo(Verification.MISMATCH);
  }

  @Test
  void output_with_a_gap_is_unverified() {
    ClientExec exec = running(false);
    exec.received(Frames.gap(STREAM_STDOUT, 0, 10));
    exec.received(Frames.output(STREAM_STDOUT, 10, 990));
    assertThat(ending(exec, 1000)).isEqualTo(Verification.UNVERIFIED);
  }

  @Test
  void the_ending_is_acknowledged_when_all_is_written() {
    ClientExec exec = running(false);
    exec.received(Frames.output(STREAM_STDOUT, 0, 1000));
    exec.received(Frames.ended(Frames.exited(1000, 0)));
    assertThat(said(exec)).isEmpty();
    assertThat(exec.finished()).isFalse();

    exec.written(STREAM_STDOUT, 1000);
    assertThat(said(exec)).containsExactly(Frames.endedAck());
    assertThat(exec.finished()).isTrue();
  }

  @Test
  void stdin_goes_up_to_its_credit_and_again_from_what_was_accepted() {
    ClientExec exec = starting(true);
    said(exec);
    exec.received(Frames.started(0, 3, false));
    assertThat(exec.stdinRoom()).isEqualTo(3);
    exec.stdin(HELLO.substring(0, 3));
    assertThat(said(exec)).containsExactly(Frames.stdin(0, HELLO.substring(0, 3)));

    exec.connected();
    exec.received(Frames.started(1, 5, false));
    exec.stdin(HELLO.substring(3));
    exec.stdinEnd();
    assertThat(said(exec))
        .containsSubsequence(
            Frames.stdin(1, HELLO.substring(1, 3)),
            Frames.stdin(3, HELLO.substring(3)),
            Frames.stdinEnd(5));
  }

  @Test
  void one_that_joins_goes_on_with_stdin_where_the_runner_is() {
    ClientExec exec = joining(true, true);
    assertThat(exec.stdinRoom()).isZero();
    exec.received(Frames.started(7000, 7005, false));
    exec.stdin(HELLO);
    assertThat(said(exec)).contains(Frames.stdin(7000, HELLO));
  }

  @Test
  void an_observer_comes_back_after_a_cut_however_far_stdin_went_on_without_it() {
    ClientExec exec = joining(false, false);
    exec.received(Frames.started(10, 1000, false));
    exec.connected();
    assertThat(exec.received(Frames.started(5000, 6000, false)))
        .isInstanceOf(ClientExec.Running.class);
  }

  @Test
  void a_writer_that_feeds_nothing_may_hear_of_what_another_fed() {
    ClientExec exec = joining(true, false);
    exec.received(Frames.started(10, 1000, false));
    exec.received(Frames.stdinCredit(10, 1000));
    assertThat(exec.stdinRoom()).isZero();
  }

  @Test
  void stdin_credit_beyond_every_number_gives_no_more_room_than_the_window() {
    ClientExec exec = joining(true, true);
    try {
      exec.received(Frames.started(Long.MAX_VALUE, Long.MAX_VALUE, false));
      assertThat(exec.stdinRoom()).isZero();
    } catch (ProtocolException e) {
      assertThat(e).hasMessageContaining("stdin");
    }
  }

  @Test
  void a_cancel_is_said_again_after_a_cut() {
    ClientExec exec = running(false);
    exec.cancel("me");
    assertThat(said(exec)).containsExactly(Frames.cancel("me"));
    exec.connected();
    assertThat(said(exec)).contains(Frames.cancel("me"));
  }

  @Test
  void a_writer_closes_an_output_at_the_runner_and_asks_no_more_of_it() {
    ClientExec exec = running(false);
    exec.closeOutput(STREAM_STDOUT);
    assertThat(said(exec)).containsExactly(Frames.closeOutput(STREAM_STDOUT));
    exec.connected();
    exec.received(Frames.started(0, 0, true));
    assertThat(said(exec))
        .contains(Frames.closeOutput(STREAM_STDOUT), Frames.credit(STREAM_STDERR, 0, WINDOW))
        .doesNotContain(Frames.credit(STREAM_STDOUT, 0, WINDOW));
  }

  @Test
  void an_observer_closes_an_output_for_itself_alone_by_discarding_it() {
    ClientExec exec = joining(false, false);
    exec.received(Frames.started(0, 0, true));
    said(exec);
    exec.closeOutput(STREAM_STDOUT);
    assertThat(exec.received(Frames.output(STREAM_STDOUT, 0, 30_000)))
        .isEqualTo(new ClientExec.Nothing());
    assertThat(said(exec)).containsExactly(Frames.credit(STREAM_STDOUT, 30_000, 130_000));
  }

  @Test
  void a_gap_in_a_closed_output_is_nobodys_business() {
    ClientExec exec = joining(false, false);
    exec.received(Frames.started(0, 0, true));
    said(exec);
    exec.closeOutput(STREAM_STDOUT);
    assertThat(exec.received(Frames.gap(STREAM_STDOUT, 0, 1000)))
        .isEqualTo(new ClientExec.Nothing());
    exec.received(Frames.ended(Frames.exited(1000, 0)));
    assertThat(said(exec)).containsExactly(Frames.endedAck());
  }

  @Test
  void one_that_was_superseded_is_finished_and_one_that_met_a_draining_server_goes_on() {
    ClientExec superseded = running(false);
    superseded.received(Frames.detached(Detached.Reason.REASON_SUPERSEDED));
    assertThat(superseded.finished()).isTrue();

    ClientExec drained = running(false);
    drained.received(Frames.detached(Detached.Reason.REASON_DRAINING));
    assertThat(drained.finished()).isFalse();
    drained.signal(2);
    assertThat(said(drained)).as("nothing more on the old connection").isEmpty();
    drained.connected();
    assertThat(said(drained).getFirst().hasAttach()).isTrue();
  }

  private static Verification ending(ClientExec exec, long stdout) {
    return ((ClientExec.Over) exec.received(Frames.ended(Frames.exited(stdout, 0)))).verification();
  }

  private static Start start(boolean stdin) {
    return Start.newBuilder().setExecId("exec").setStdin(stdin).setOutputEnds(true).build();
  }

  private static ClientExec starting(boolean stdin) {
    ClientExec exec = ClientExec.start(start(stdin), WINDOW);
    exec.connected();
    return exec;
  }

  private static ClientExec running(boolean stdin) {
    ClientExec exec = starting(stdin);
    exec.received(Frames.started(0, stdin ? 1000 : 0, !stdin));
    said(exec);
    return exec;
  }

  private static ClientExec joining(boolean writer, boolean stdin) {
    ClientExec exec =
        ClientExec.attach(Attach.newBuilder().setWriter(writer).build(), stdin, WINDOW);
    exec.connected();
    return exec;
  }

  private static List<ExecRequest> said(ClientExec exec) {
    List<ExecRequest> said = new ArrayList<>();
    for (var next = exec.next(); next.isPresent(); next = exec.next()) {
      assertThat(said).as("frames without end").hasSizeLessThan(100);
      said.add(next.get());
    }
    return said;
  }
}
