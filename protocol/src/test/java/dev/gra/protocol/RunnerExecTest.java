package dev.gra.protocol;

import static dev.gra.v1.Stream.STREAM_STDERR;
import static dev.gra.v1.Stream.STREAM_STDOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.gra.v1.Cursors;
import dev.gra.v1.Detached;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Stream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunnerExecTest {
  private static final ByteString HELLO = ByteString.copyFromUtf8("hello");

  /** Notes what it is told; its spools are two pairs of numbers. */
  private static final class Notes implements RunnerExec.Host {
    final long[] first = new long[2];
    final long[] end = new long[2];
    final List<String> told = new ArrayList<>();

    @Override
    public long first(Stream stream) {
      return first[Streams.index(stream)];
    }

    @Override
    public long end(Stream stream) {
      return end[Streams.index(stream)];
    }

    @Override
    public void stdin(ByteString data) {
      told.add("stdin " + data.toStringUtf8());
    }

    @Override
    public void stdinEnd() {
      told.add("stdin ended");
    }

    @Override
    public void consumed(Stream stream, long upTo) {
      told.add("consumed " + upTo);
    }

    @Override
    public void closeOutput(Stream stream) {
      told.add("close " + stream);
    }

    @Override
    public void signal(int number) {
      told.add("signal " + number);
    }

    @Override
    public void cancel(String by) {
      told.add("cancel " + by);
    }

    @Override
    public void detached() {
      told.add("detached");
    }

    @Override
    public void acknowledged() {
      told.add("acknowledged");
    }
  }

  private final Notes host = new Notes();
  private final RunnerExec exec = new RunnerExec("exec", Limits.STDIN_WINDOW_BYTES, host);

  @Test
  void started_comes_first_then_output_as_far_as_credit_goes_then_ended() {
    host.end[0] = 50_000;
    attach(1, true);
    assertThat(sent(1)).containsExactly("STARTED");

    exec.receive(1, Frames.credit(STREAM_STDOUT, 0, 40_000));
    assertThat(sent(1)).containsExactly("STDOUT 0+32768", "STDOUT 32768+7232");

    exec.ended(Frames.exited(50_000, 0));
    assertThat(sent(1)).containsExactly("STDIN_CLOSED");
    exec.receive(1, Frames.credit(STREAM_STDOUT, 40_000, 100_000));
    assertThat(sent(1)).containsExactly("STDOUT 40000+10000", "ENDED");
  }

  @Test
  void the_two_outputs_take_turns() {
    host.end[0] = 100_000;
    host.end[1] = 100_000;
    attach(1, true);
    sent(1);
    exec.receive(1, Frames.credit(STREAM_STDOUT, 0, 65_536));
    exec.receive(1, Frames.credit(STREAM_STDERR, 0, 65_536));
    assertThat(sent(1))
        .containsExactly(
            "STDOUT 0+32768", "STDERR 0+32768", "STDOUT 32768+32768", "STDERR 32768+32768");
  }

  @Test
  void a_writer_that_comes_back_after_a_cut_is_superseded_if_another_took_over_meanwhile() {
    attach(1, true);
    long epoch = exec.next(1).map(RunnerExecTest::started).orElseThrow();
    exec.close(1);
    exec.attach(2, back(epoch));
    assertThat(exec.next(2).map(RunnerExecTest::started)).contains(epoch);
    attach(3, true);
    assertThat(detached(2)).isEqualTo(Detached.Reason.REASON_SUPERSEDED);
    exec.attach(4, back(epoch));
    assertThat(detached(4)).isEqualTo(Detached.Reason.REASON_SUPERSEDED);
    assertThat(exec.hasWriter()).isTrue();
  }

  @Test
  void a_superseded_writer_that_comes_back_after_the_end_is_told_the_ending() {
    attach(1, true);
    long epoch = exec.next(1).map(RunnerExecTest::started).orElseThrow();
    exec.close(1);
    attach(2, true);
    exec.ended(Frames.exited(0, 0));
    exec.attach(3, back(epoch));
    assertThat(sent(3)).containsExactly("STARTED", "ENDED");
  }

  private static Joining back(long epoch) {
    return new Joining(Cursors.getDefaultInstance(), true, epoch, true, true);
  }

  private static Joining observer(long cursor) {
    return new Joining(Frames.cursors(cursor, 0), false, 0, true, true);
  }

  private static long started(RunnerExec.Outgoing outgoing) {
    return ((RunnerExec.Frame) outgoing).response().getStarted().getWriterEpoch();
  }

  @Test
  void stdin_that_comes_again_is_passed_on_once() {
    attach(1, true);
    exec.receive(1, Frames.stdin(0, HELLO));
    exec.receive(1, Frames.stdin(0, HELLO));
    exec.receive(1, Frames.stdin(3, ByteString.copyFromUtf8("lo you")));
    exec.receive(1, Frames.stdinEnd(9));
    exec.receive(1, Frames.stdinEnd(9));
    assertThat(host.told).containsExactly("stdin hello", "stdin  you", "stdin ended");
  }

  @Test
  void stdin_beyond_its_credit_is_refused() {
    attach(1, true);
    ByteString chunk = Content.stdin(0, Limits.CHUNK_BYTES);
    for (int at = 0; at < Limits.STDIN_WINDOW_BYTES; at += chunk.size()) {
      exec.receive(1, Frames.stdin(at, chunk));
    }
    assertThatThrownBy(() -> exec.receive(1, Frames.stdin(Limits.STDIN_WINDOW_BYTES, HELLO)))
        .isInstanceOf(CreditExceededException.class);
    exec.stdinConsumed(5);
    exec.receive(1, Frames.stdin(Limits.STDIN_WINDOW_BYTES, HELLO));
  }

  @Test
  void stdin_with_a_hole_after_its_end_or_ended_elsewhere_is_refused() {
    attach(1, true);
    exec.receive(1, Frames.stdin(0, HELLO));
    assertRefused(1, Frames.stdin(6, HELLO));
    assertRefused(1, Frames.stdin(-1, HELLO));
    assertRefused(1, Frames.stdinEnd(4));
    exec.receive(1, Frames.stdinEnd(5));
    assertRefused(1, Frames.stdin(5, HELLO));
  }

  @Test
  void only_the_writer_feeds_signals_cancels_and_closes() {
    attach(1, true);
    attach(2, false);
    for (var request :
        List.of(
            Frames.stdin(0, HELLO),
            Frames.stdinEnd(5),
            Frames.signal(2),
            Frames.cancel("me"),
            Frames.closeOutput(STREAM_STDOUT))) {
      assertThatThrownBy(() -> exec.receive(2, request)).isInstanceOf(NotTheWriterException.class);
      exec.receive(1, request);
    }
    assertThat(host.told)
        .containsExactly(
            "stdin hello", "stdin ended", "signal 2", "cancel me", "close STREAM_STDOUT");
  }

  @Test
  void only_the_writers_credit_makes_room_in_the_spool() {
    host.end[0] = 1000;
    attach(1, true);
    attach(2, false);
    for (long key = 1; key <= 2; key++) {
      exec.receive(key, Frames.credit(STREAM_STDOUT, 0, 1000));
      sent(key);
    }
    host.told.clear();
    exec.receive(2, Frames.credit(STREAM_STDOUT, 1000, 2000));
    assertThat(host.told).isEmpty();
    exec.receive(1, Frames.credit(STREAM_STDOUT, 700, 1700));
    assertThat(host.told).containsExactly("consumed 700");
  }

  @Test
  void a_new_writer_supersedes_the_old_whose_frames_then_do_nothing() {
    attach(1, true);
    sent(1);
    attach(2, true);
    exec.receive(1, Frames.signal(2));
    assertThat(host.told).isEmpty();
    assertThat(detached(1)).isEqualTo(Detached.Reason.REASON_SUPERSEDED);
    assertThat(exec.attached(1)).isFalse();
    assertThat(exec.attachments()).isEqualTo(1);
    exec.receive(1, Frames.signal(2));
    exec.receive(2, Frames.signal(3));
    assertThat(host.told).containsExactly("signal 3");
  }

  @Test
  void ended_is_the_last_frame_even_if_another_writer_comes_or_the_client_detaches() {
    attach(1, true);
    exec.ended(Frames.exited(0, 0));
    assertThat(sent(1)).endsWith("ENDED");

    exec.receive(1, Frames.detach());
    attach(2, true);
    assertThat(sent(1)).isEmpty();
    exec.receive(1, Frames.closeOutput(STREAM_STDOUT));
    exec.receive(1, Frames.endedAck());
    assertThat(host.told).contains("acknowledged");
  }

  @Test
  void ended_is_sent_again_to_each_that_comes_later() {
    attach(1, true);
    exec.ended(Frames.exited(0, 0));
    sent(1);
    exec.close(1);
    attach(2, false);
    assertThat(sent(2)).containsExactly("STARTED", "ENDED");
  }

  @Test
  void what_is_no_longer_there_is_told_by_one_gap() {
    host.end[0] = 1000;
    host.first[0] = 600;
    attach(1, false);
    sent(1);
    exec.receive(1, Frames.credit(STREAM_STDOUT, 0, 10_000));
    assertThat(sent(1)).containsExactly("GAP 0..600", "STDOUT 600+400");
  }

  @Test
  void a_gap_needs_credit_so_that_a_stalled_reader_of_a_ring_gets_few() {
    attach(1, false);
    sent(1);
    for (long at = 1; at <= 100; at++) {
      host.first[0] = at;
      host.end[0] = at + 1000;
      assertThat(sent(1)).isEmpty();
    }
    exec.receive(1, Frames.credit(STREAM_STDOUT, 0, 150));
    assertThat(sent(1)).containsExactly("GAP 0..100", "STDOUT 100+50");
  }

  @Test
  void a_later_writer_gets_what_is_left_of_an_output_that_an_earlier_one_closed() {
    host.end[0] = 1000;
    attach(1, true);
    exec.receive(1, Frames.closeOutput(STREAM_STDOUT));
    exec.close(1);
    attach(2, true);
    sent(2);
    exec.receive(2, Frames.credit(STREAM_STDOUT, 0, 1000));
    assertThat(sent(2)).containsExactly("STDOUT 0+1000");
  }

  @Test
  void closing_an_output_again_is_told_the_host_once() {
    attach(1, true);
    exec.receive(1, Frames.closeOutput(STREAM_STDOUT));
    exec.receive(1, Frames.closeOutput(STREAM_STDOUT));
    assertThat(host.told).containsExactly("close STREAM_STDOUT");
  }

  @Test
  void after_the_end_nothing_reaches_the_command() {
    attach(1, true);
    exec.ended(Frames.exited(0, 0));
    exec.receive(1, Frames.stdin(0, HELLO));
    exec.receive(1, Frames.stdinEnd(0));
    exec.receive(1, Frames.signal(9));
    exec.receive(1, Frames.cancel("me"));
    exec.receive(1, Frames.closeOutput(STREAM_STDOUT));
    assertThat(host.told).isEmpty();
  }

  @Test
  void a_writer_that_detaches_is_told_so_and_leaves_the_exec_without_writer() {
    attach(1, true);
    sent(1);
    exec.receive(1, Frames.detach());
    assertThat(exec.hasWriter()).isFalse();
    assertThat(host.told).containsExactly("detached");
    assertThat(detached(1)).isEqualTo(Detached.Reason.REASON_REQUESTED);
    assertThat(exec.attachments()).isZero();
  }

  @Test
  void a_writer_that_comes_back_learns_from_started_what_it_missed_of_stdin() {
    attach(1, true);
    exec.receive(1, Frames.stdin(0, HELLO));
    exec.close(1);
    exec.stdinConsumed(3);
    exec.stdinClosed();
    attach(2, true);
    var started = ((RunnerExec.Frame) exec.next(2).orElseThrow()).response().getStarted();
    assertThat(started.getStdinAccepted()).isEqualTo(5);
    assertThat(started.getStdinClosed()).isTrue();
  }

  @Test
  void cursors_and_credits_that_cannot_be_are_refused() {
    host.end[0] = 1000;
    assertThatThrownBy(() -> exec.attach(1, observer(1001))).isInstanceOf(ProtocolException.class);
    assertThatThrownBy(() -> exec.attach(1, observer(-1))).isInstanceOf(ProtocolException.class);
    attach(1, true);
    assertRefused(1, Frames.credit(STREAM_STDOUT, 1, 10));
    assertRefused(1, Frames.credit(STREAM_STDOUT, 0, Limits.MAX_WINDOW_BYTES + 1));
    assertRefused(1, Frames.credit(STREAM_STDOUT, 0, Long.MAX_VALUE));
    assertRefused(1, Frames.credit(Stream.STREAM_UNSPECIFIED, 0, 1));
    assertRefused(1, Frames.signal(0));
    assertRefused(1, Frames.endedAck());
    assertRefused(1, Frames.cancel("x".repeat(201)));
    assertRefused(1, Frames.start(false));
  }

  private void attach(long key, boolean writer) {
    exec.attach(key, new Joining(Cursors.getDefaultInstance(), writer, 0, key > 1, true));
  }

  private void assertRefused(long key, dev.gra.v1.ExecRequest request) {
    assertThatThrownBy(() -> exec.receive(key, request)).isInstanceOf(ProtocolException.class);
  }

  private Detached.Reason detached(long key) {
    return exec.nextControl(key).orElseThrow().getDetached().getReason();
  }

  private List<String> sent(long key) {
    List<String> sent = new ArrayList<>();
    for (var next = exec.next(key); next.isPresent(); next = exec.next(key)) {
      sent.add(
          switch (next.get()) {
            case RunnerExec.Frame(ExecResponse response) ->
                response.hasGap()
                    ? "GAP " + response.getGap().getFrom() + ".." + response.getGap().getTo()
                    : response.getFrameCase().name();
            case RunnerExec.Data(Stream stream, long offset, int length) ->
                stream.name().substring("STREAM_".length()) + " " + offset + "+" + length;
          });
    }
    return sent;
  }
}
