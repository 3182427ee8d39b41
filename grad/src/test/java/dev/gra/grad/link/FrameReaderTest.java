package dev.gra.grad.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.gra.link.v1.LinkResponse;
import dev.gra.protocol.Limits;
import dev.gra.protocol.ProtocolException;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Output;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
  /** Gives the bytes in pieces of random length. */
  private static ReadableByteChannel pieces(byte[] bytes, Random random) {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    return new ReadableByteChannel() {
      @Override
      public int read(ByteBuffer target) {
        int length = Math.min(target.remaining(), 1 + random.nextInt(200_000));
        byte[] piece = new byte[Math.min(length, Math.max(1, in.available()))];
        int read = in.read(piece, 0, piece.length);
        if (read > 0) {
          target.put(piece, 0, read);
        }
        return read;
      }

      @Override
      public boolean isOpen() {
        return true;
      }

      @Override
      public void close() {}
    };
  }

  private static LinkResponse frame(int size, Random random) {
    byte[] data = new byte[size];
    random.nextBytes(data);
    return LinkResponse.newBuilder()
        .setChannel(random.nextInt(1000))
        .setExec(
            ExecResponse.newBuilder()
                .setOutput(Output.newBuilder().setData(ByteString.copyFrom(data))))
        .build();
  }

  private static FrameReader reader(byte[] bytes, Random random) {
    return new FrameReader(pieces(bytes, random), () -> {});
  }

  @Test
  void frames_of_all_sizes_are_read_however_they_are_cut() throws Exception {
    Random random = new Random(7);
    for (int round = 0; round < 50; round++) {
      int[] sizes = {0, 1, 127, 128, 32_768, 131_072, 70_000, 1, 1_000_000, 3};
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      LinkResponse[] frames = new LinkResponse[sizes.length];
      for (int i = 0; i < sizes.length; i++) {
        frames[i] = frame(sizes[i], random);
        frames[i].writeDelimitedTo(bytes);
      }
      FrameReader reader = reader(bytes.toByteArray(), random);
      for (LinkResponse frame : frames) {
        assertThat(reader.next()).isEqualTo(frame);
      }
      assertThat(reader.next()).isNull();
    }
  }

  @Test
  void a_frame_over_the_cap_is_refused_by_its_length() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeUInt32NoTag(Limits.LINK_FRAME_BYTES + 1);
    out.flush();

    assertThatThrownBy(() -> reader(bytes.toByteArray(), new Random(1)).next())
        .isInstanceOf(ProtocolException.class);
    byte[] endless = {-1, -1, -1, -1, -1, -1};
    assertThatThrownBy(() -> reader(endless, new Random(1)).next())
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void an_end_within_a_frame_is_no_end() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    frame(300, new Random(1)).writeDelimitedTo(bytes);
    byte[] cut = java.util.Arrays.copyOf(bytes.toByteArray(), 200);

    assertThatThrownBy(() -> reader(cut, new Random(1)).next()).isInstanceOf(IOException.class);
  }
}
