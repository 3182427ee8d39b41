package dev.gra.grad.helidon;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchedWriterTest {
  private final List<String> writes = new ArrayList<>();
  private final WatchedWriter writer = new WatchedWriter(new Socket(), new OpenStreams());

  @Test
  void a_frame_in_several_buffers_is_one_write() {
    writer.writeNow(BufferData.create(header(2), BufferData.create("ab")));

    assertThat(writes).containsExactly("[data of 1]ab");
  }

  @Test
  void a_batch_is_one_write_and_another_threads_frame_goes_before_it() {
    Batch.of(
        () -> {
          Batch.within(batch -> batch.open(writer));
          writer.writeNow(frame("ab"));
          ofAnotherThread(() -> writer.writeNow(frame("x")));
          writer.writeNow(frame("cd"));
        });

    assertThat(writes).containsExactly("[data of 1]x", "[data of 1]ab[data of 1]cd");
  }

  @Test
  void what_was_gathered_goes_out_when_a_batch_fails() {
    try {
      Batch.of(
          () -> {
            Batch.within(batch -> batch.open(writer));
            writer.writeNow(frame("ab"));
            throw new IllegalStateException("later");
          });
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("later");
    }
    writer.writeNow(frame("cd"));

    assertThat(writes).containsExactly("[data of 1]ab", "[data of 1]cd");
  }

  private static void ofAnotherThread(Runnable work) {
    try {
      Thread.ofVirtual().start(work).join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static BufferData frame(String data) {
    return BufferData.create(header(data.length()), BufferData.create(data));
  }

  private static BufferData header(int length) {
    return BufferData.create(new byte[] {0, 0, (byte) length, 0, 0, 0, 0, 0, 1});
  }

  private final class Socket implements DataWriter {
    @Override
    public void write(BufferData... buffers) {
      throw new AssertionError("in parts");
    }

    @Override
    public void write(BufferData buffer) {
      throw new AssertionError("later");
    }

    @Override
    public void writeNow(BufferData... buffers) {
      throw new AssertionError("in parts");
    }

    @Override
    public void writeNow(BufferData buffer) {
      var header = new String(new byte[] {0, 0, 2, 0, 0, 0, 0, 0, 1}, US_ASCII);
      var shorter = new String(new byte[] {0, 0, 1, 0, 0, 0, 0, 0, 1}, US_ASCII);
      var text = new String(buffer.readBytes(), US_ASCII);
      writes.add(text.replace(header, "[data of 1]").replace(shorter, "[data of 1]"));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
