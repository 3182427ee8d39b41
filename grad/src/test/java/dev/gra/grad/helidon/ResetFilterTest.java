package dev.gra.grad.helidon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResetFilterTest {
  private static final int PING = 6;
  private static final int WINDOW_UPDATE = 8;
  private static final int END_STREAM = 1;

  private final OpenStreams streams = new OpenStreams();
  private final List<Integer> dropped = new ArrayList<>();

  private static byte[] frame(int type, int flags, int stream, int length) {
    byte[] frame = new byte[FrameHeader.BYTES + length];
    // A payload that looks like the header of a reset, to whoever counts wrong.
    Arrays.fill(frame, (byte) FrameHeader.RST_STREAM);
    frame[0] = (byte) (length >> 16);
    frame[1] = (byte) (length >> 8);
    frame[2] = (byte) length;
    frame[3] = (byte) type;
    frame[4] = (byte) flags;
    for (int i = 0; i < 4; i++) {
      frame[5 + i] = (byte) (stream >> (8 * (3 - i)));
    }
    return frame;
  }

  private static byte[] headers(int stream) {
    return frame(FrameHeader.HEADERS, 4, stream, 20);
  }

  private static byte[] data(int stream, int length) {
    return frame(FrameHeader.DATA, 0, stream, length);
  }

  private static byte[] end(int stream) {
    return frame(FrameHeader.DATA, END_STREAM, stream, 5);
  }

  private static byte[] reset(int stream) {
    return frame(FrameHeader.RST_STREAM, 0, stream, 4);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }

  private static byte[] preface() {
    return new byte[ResetFilter.PREFACE_BYTES];
  }

  private ResetFilter filter(OpenStreams streams, byte[]... chunks) {
    Deque<byte[]> source = new ArrayDeque<>(List.of(chunks));
    return new ResetFilter(source::poll, streams, dropped::add);
  }

  private static byte[] all(ResetFilter filter) {
    List<byte[]> parts = new ArrayList<>();
    for (byte[] part = filter.get(); part != null; part = filter.get()) {
      assertThat(part).isNotEmpty();
      parts.add(part);
    }
    return join(parts.toArray(byte[][]::new));
  }

  private byte[] filtered(byte[]... frames) {
    return all(filter(streams, join(preface(), join(frames))));
  }

  @Test
  void a_reset_passes_once() {
    byte[] sent = join(headers(1), reset(1), headers(3));

    assertThat(filtered(sent, reset(1), reset(1), data(3, 7)))
        .isEqualTo(join(preface(), sent, data(3, 7)));
  }

  @Test
  void a_reset_after_the_half_close_passes_as_long_as_the_server_goes_on() {
    byte[] sent = join(headers(1), end(1), reset(1));

    assertThat(filtered(sent)).isEqualTo(join(preface(), sent));
  }

  @Test
  void a_reset_of_a_stream_that_the_server_alone_has_ended_passes() {
    byte[] opened = join(preface(), headers(1));
    ResetFilter filter = filter(streams, opened, reset(1));
    assertThat(filter.get()).isEqualTo(opened);
    streams.endedByServer(1);

    assertThat(filter.get()).isEqualTo(reset(1));
  }

  @Test
  void a_reset_of_a_stream_that_both_sides_have_ended_is_dropped() {
    byte[] opened = join(preface(), headers(1), end(1));
    ResetFilter filter = filter(streams, opened, reset(1), headers(3));
    assertThat(filter.get()).isEqualTo(opened);
    streams.endedByServer(1);

    assertThat(filter.get()).isEqualTo(headers(3));
  }

  @Test
  void a_reset_is_judged_when_all_before_it_was_used() {
    ResetFilter filter = filter(streams, join(preface(), headers(1), end(1), reset(1), headers(3)));
    assertThat(filter.get()).isEqualTo(join(preface(), headers(1), end(1)));
    streams.endedByServer(1);

    assertThat(filter.get()).isEqualTo(headers(3));
  }

  @Test
  void a_reset_of_a_stream_that_the_server_has_reset_is_dropped() {
    byte[] opened = join(preface(), headers(1));
    ResetFilter filter = filter(streams, opened, reset(1), headers(3));
    assertThat(filter.get()).isEqualTo(opened);
    streams.resetByServer(1);

    assertThat(filter.get()).isEqualTo(headers(3));
  }

  @Test
  void a_reset_of_a_stream_that_never_was_is_left_to_helidon() {
    assertThat(filtered(headers(1), reset(7))).isEqualTo(join(preface(), headers(1), reset(7)));
  }

  @Test
  void data_after_a_reset_is_dropped_and_counted() {
    byte[] sent = join(headers(1), data(1, 7), reset(1));

    assertThat(filtered(sent, data(1, 9), end(1), headers(3), data(3, 11)))
        .isEqualTo(join(preface(), sent, headers(3), data(3, 11)));
    assertThat(dropped).containsExactly(9, 5);
  }

  @Test
  void data_after_the_ends_of_a_call_is_left_to_helidon() {
    byte[] sent = join(headers(1), end(1), data(1, 9));

    assertThat(filtered(sent)).isEqualTo(join(preface(), sent));
  }

  @Test
  void a_chunk_without_resets_passes_without_a_copy() {
    byte[] first = join(preface(), headers(1), data(1, 100));
    byte[] second = join(data(1, 1_000), frame(WINDOW_UPDATE, 0, 1, 4), data(1, 300));
    byte[] cut = Arrays.copyOf(second, second.length - 200);
    byte[] rest = Arrays.copyOfRange(second, second.length - 200, second.length);
    ResetFilter filter = filter(streams, first, cut, rest);

    assertThat(filter.get()).isSameAs(first);
    assertThat(filter.get()).isSameAs(cut);
    assertThat(filter.get()).isSameAs(rest);
  }

  @Test
  void frames_may_be_cut_anywhere_twice() {
    byte[] before = join(preface(), headers(1), headers(3), data(1, 300), reset(1));
    byte[] between = join(frame(PING, 0, 0, 8), data(3, 0), end(3));
    byte[] after = join(headers(5), end(5), reset(5));
    byte[] sent = join(before, reset(1), data(1, 20), between, reset(1), after, reset(5), end(5));
    byte[] expected = join(before, between, after);
    for (int first = 1; first < sent.length - 1; first++) {
      for (int second = first + 1; second < sent.length; second++) {
        byte[] received =
            all(
                filter(
                    new OpenStreams(),
                    Arrays.copyOf(sent, first),
                    Arrays.copyOfRange(sent, first, second),
                    Arrays.copyOfRange(sent, second, sent.length)));
        assertThat(received).as("cut at %d and %d", first, second).isEqualTo(expected);
      }
    }
  }

  @Test
  void frames_may_come_byte_by_byte() {
    byte[] before = join(preface(), headers(1), data(1, 50), reset(1));
    byte[] after = join(headers(3), end(3));
    byte[] sent = join(before, reset(1), after, reset(1));
    byte[][] chunks = new byte[sent.length][];
    for (int i = 0; i < sent.length; i++) {
      chunks[i] = new byte[] {sent[i]};
    }

    assertThat(all(filter(streams, chunks))).isEqualTo(join(before, after));
  }

  @Test
  void closed_streams_are_not_remembered() {
    for (int stream = 1; stream < 10_000; stream += 4) {
      filtered(headers(stream), reset(stream), headers(stream + 2), end(stream + 2));
      streams.endedByServer(stream + 2);
    }

    assertThat(streams.size()).isZero();
  }

  @Test
  void the_reserved_bit_of_a_stream_does_not_matter() {
    byte[] again = reset(1);
    again[5] |= (byte) 0x80;

    assertThat(filtered(headers(1), reset(1), again))
        .isEqualTo(join(preface(), headers(1), reset(1)));
  }
}
