package dev.gra.protocol;

import com.google.protobuf.ByteString;
import dev.gra.v1.Stream;
import dev.gra.v1.StreamTotals;
import java.util.Random;
import java.util.zip.CRC32C;

/** What the simulated streams hold: random bytes, the same at the same offset in every run. */
final class Content {
  static final int MOST = 1 << 20;

  private static final ByteString STDIN = random(0);
  private static final ByteString STDOUT = random(1);
  private static final ByteString STDERR = random(2);

  static ByteString stdin(long from, long to) {
    return STDIN.substring((int) from, (int) to);
  }

  static ByteString of(Stream stream, long from, long to) {
    return (Streams.index(stream) == 0 ? STDOUT : STDERR).substring((int) from, (int) to);
  }

  static StreamTotals totals(Stream stream, long end) {
    CRC32C crc = new CRC32C();
    crc.update(of(stream, 0, end).asReadOnlyByteBuffer());
    return StreamTotals.newBuilder().setBytes(end).setCrc32C((int) crc.getValue()).build();
  }

  private static ByteString random(long seed) {
    byte[] bytes = new byte[MOST];
    new Random(seed).nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  private Content() {}
}
