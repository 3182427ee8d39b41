package dev.gra.grad.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.gra.grad.helidon.CallWriter;
import dev.gra.protocol.Limits;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Output;
import dev.gra.v1.Started;
import dev.gra.v1.Stream;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class FramesTest {
  private static ExecResponse output(Stream stream, long offset, int length) {
    return ExecResponse.newBuilder()
        .setOutput(
            Output.newBuilder()
                .setStream(stream)
                .setOffset(offset)
                .setData(ByteString.copyFrom(new byte[length])))
        .build();
  }

  @Test
  void output_that_follows_is_merged_up_to_a_full_frame() {
    var merged =
        Frames.merge(output(Stream.STREAM_STDOUT, 5, 10), output(Stream.STREAM_STDOUT, 15, 3));

    assertThat(merged.orElseThrow()).isEqualTo(output(Stream.STREAM_STDOUT, 5, 13));
    assertThat(
            Frames.merge(
                output(Stream.STREAM_STDOUT, 0, Limits.CHUNK_BYTES),
                output(Stream.STREAM_STDOUT, Limits.CHUNK_BYTES, 1)))
        .isEmpty();
  }

  @Test
  void what_does_not_follow_is_not_merged() {
    ExecResponse first = output(Stream.STREAM_STDOUT, 0, 10);

    assertThat(Frames.merge(first, output(Stream.STREAM_STDERR, 10, 1))).isEmpty();
    assertThat(Frames.merge(first, output(Stream.STREAM_STDOUT, 11, 1))).isEmpty();
    assertThat(
            Frames.merge(
                first, ExecResponse.newBuilder().setStarted(Started.getDefaultInstance()).build()))
        .isEmpty();
  }

  @Test
  void many_small_frames_of_both_streams_wait_as_few() {
    CountDownLatch go = new CountDownLatch(1);
    List<ExecResponse> written = new CopyOnWriteArrayList<>();
    try (var scheduler = Executors.newSingleThreadScheduledExecutor()) {
      CallWriter<ExecResponse> writer =
          new CallWriter<>(
              "test", slow(go, written), new CallWriter.Owner<>() {}, 8, Frames::merge, scheduler);
      for (int i = 0; i < 60_000; i++) {
        assertThat(writer.offer(output(Stream.STREAM_STDOUT, i, 1))).isTrue();
        assertThat(writer.offer(output(Stream.STREAM_STDERR, i, 1))).isTrue();
      }
      go.countDown();
      writer.finish();
      await().until(() -> bytes(written) == 120_000);
      assertThat(written).hasSizeLessThan(12);
    }
  }

  @Test
  void what_is_too_much_to_wait_is_refused_and_holds_up_nobody() {
    CountDownLatch go = new CountDownLatch(1);
    try (var scheduler = Executors.newSingleThreadScheduledExecutor()) {
      CallWriter<ExecResponse> writer =
          new CallWriter<>(
              "test",
              slow(go, new CopyOnWriteArrayList<>()),
              new CallWriter.Owner<>() {},
              8,
              CallWriter.Merger.none(),
              scheduler);
      boolean taken = true;
      for (int i = 0; i < 10; i++) {
        taken &= writer.offer(output(Stream.STREAM_STDOUT, i, 1));
      }
      assertThat(taken).isFalse();
      writer.abort();
      go.countDown();
    }
  }

  private static long bytes(List<ExecResponse> frames) {
    return frames.stream().mapToLong(frame -> frame.getOutput().getData().size()).sum();
  }

  private static StreamObserver<ExecResponse> slow(CountDownLatch go, List<ExecResponse> written) {
    return new StreamObserver<>() {
      @Override
      public void onNext(ExecResponse frame) {
        try {
          go.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        written.add(frame);
      }

      @Override
      public void onError(Throwable why) {}

      @Override
      public void onCompleted() {}
    };
  }
}
