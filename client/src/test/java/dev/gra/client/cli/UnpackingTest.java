package dev.gra.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class UnpackingTest {
  @TempDir Path directory;

  @Test
  @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void a_tar_that_says_much_before_it_reads_holds_nobody_up() throws Exception {
    try (Unpacking unpacking = unpacking("head -c 300000 /dev/zero >&2; cat >content")) {
      unpacking.write(ByteString.copyFrom(new byte[Pieces.MOST_BYTES + 1]));
      unpacking.finish("sum");
    }
    assertThat(Files.size(directory.resolve("content"))).isGreaterThan(Pieces.MOST_BYTES + 1L);
  }

  @Test
  void one_that_ends_too_soon_says_why() throws Exception {
    try (Unpacking unpacking = unpacking("echo gra-cp-error no room >&2; exit 1")) {
      assertThatThrownBy(
              () -> {
                unpacking.write(ByteString.copyFrom(new byte[Pieces.MOST_BYTES]));
                unpacking.finish("sum");
              })
          .isInstanceOf(IOException.class)
          .hasMessage("no room");
    }
  }

  private Unpacking unpacking(String script) throws IOException {
    Messages silent = new Messages(new PrintStream(PrintStream.nullOutputStream()), false);
    return new Unpacking(() -> List.of("sh", "-c", script), directory, new CopyProgress(silent));
  }
}
