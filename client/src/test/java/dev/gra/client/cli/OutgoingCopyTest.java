package dev.gra.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes up, in pieces, into the script that takes it. */
class OutgoingCopyTest {
  @TempDir Path there;
  private final CopyProgress progress =
      new CopyProgress(new Messages(new PrintStream(new ByteArrayOutputStream()), false));

  @Test
  void what_is_larger_than_a_piece_or_empty_or_comes_bit_by_bit_arrives_whole() throws Exception {
    for (int length : new int[] {0, 1, Pieces.MOST_BYTES, 2 * Pieces.MOST_BYTES + 4711}) {
      byte[] content = new byte[length];
      new Random(length).nextBytes(content);

      Process script =
          new ProcessBuilder(CopyScripts.receiveStream("file"))
              .directory(there.toFile())
              .redirectErrorStream(true)
              .start();
      try (var copy = new OutgoingCopy(new BitByBit(content), progress);
          var stdin = script.getOutputStream()) {
        ByteBuffer buffer = ByteBuffer.allocate(9999);
        while (copy.read(buffer.clear()) >= 0) {
          stdin.write(buffer.array(), 0, buffer.position());
        }
      }

      assertThat(script.getInputStream().readAllBytes()).asString(StandardCharsets.UTF_8).isEmpty();
      assertThat(script.waitFor()).isZero();
      assertThat(Files.readAllBytes(there.resolve("file"))).isEqualTo(content);
    }
  }

  @Test
  void a_source_that_fails_is_no_end() throws Exception {
    try (var copy = new OutgoingCopy(new Failing(), progress)) {
      assertThatThrownBy(() -> copy.read(ByteBuffer.allocate(100))).hasMessage("unreadable");
      assertThat(copy.failure()).hasValueSatisfying(e -> assertThat(e).hasMessage("unreadable"));
    }
  }

  private static final class BitByBit extends ByteArrayInputStream {
    BitByBit(byte[] content) {
      super(content);
    }

    @Override
    public synchronized int read(byte[] into, int offset, int length) {
      return super.read(into, offset, Math.min(length, 54_321));
    }
  }

  private static final class Failing extends InputStream {
    private boolean began;

    @Override
    public int read() throws IOException {
      if (began) {
        throw new IOException("unreadable");
      }
      began = true;
      return 1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      into[offset] = (byte) read();
      return 1;
    }
  }
}
