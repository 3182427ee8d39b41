package dev.gra.runnerd.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
  private static final int CAPACITY = 1000;

  @TempDir Path directory;

  @Test
  void nothing_is_on_disk_before_the_first_byte() throws Exception {
    Spool spool = spool("stdout", Overflow.BLOCK);
    assertThat(spool.end()).isZero();
    assertThat(directory).isEmptyDirectory();
    spool.discard();
  }

  @Test
  void what_was_appended_is_read_back_from_any_offset() throws Exception {
    Spool spool = spool("stdout", Overflow.BLOCK);
    byte[] bytes = random(900);
    spool.append(ByteBuffer.wrap(bytes, 0, 333));
    spool.append(ByteBuffer.wrap(bytes, 333, 567));
    assertThat(read(spool, 0)).isEqualTo(bytes);
    assertThat(read(spool, 450)).isEqualTo(Arrays.copyOfRange(bytes, 450, 900));
    assertThat(read(spool, 900)).isEmpty();
    assertThat(spool.crc32c()).isEqualTo(crc(bytes));
  }

  @Test
  void consumed_bytes_stay_until_room_is_needed_and_others_are_never_dropped() throws Exception {
    Spool spool = spool("stdout", Overflow.BLOCK);
    byte[] bytes = random(1600);
    spool.append(ByteBuffer.wrap(bytes, 0, 1000));
    assertThat(spool.room()).isZero();
    assertThatThrownBy(() -> spool.append(ByteBuffer.wrap(bytes, 1000, 1)))
        .isInstanceOf(IllegalArgumentException.class);

    spool.consumed(600);
    assertThat(spool.first()).isZero();
    assertThat(spool.room()).isEqualTo(600);
    spool.append(ByteBuffer.wrap(bytes, 1000, 500));
    assertThat(spool.first()).isEqualTo(500);
    assertThat(read(spool, 500)).isEqualTo(Arrays.copyOfRange(bytes, 500, 1500));
    assertThat(spool.room()).isEqualTo(100);
  }

  @Test
  void a_ring_drops_the_oldest() throws Exception {
    Spool spool = spool("stdout", Overflow.DROP_OLDEST);
    byte[] bytes = random(12_345);
    for (int at = 0; at < bytes.length; at += 617) {
      spool.append(ByteBuffer.wrap(bytes, at, Math.min(617, bytes.length - at)));
    }
    assertThat(spool.end()).isEqualTo(12_345);
    assertThat(spool.first()).isEqualTo(11_345);
    assertThat(read(spool, 11_345)).isEqualTo(Arrays.copyOfRange(bytes, 11_345, 12_345));
    assertThat(spool.crc32c()).isEqualTo(crc(bytes));
  }

  @Test
  void an_unread_offset_out_of_range_is_refused() throws Exception {
    Spool spool = spool("stdout", Overflow.BLOCK);
    spool.append(ByteBuffer.wrap(random(10)));
    assertThatThrownBy(() -> spool.read(11, ByteBuffer.allocate(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> spool.read(-1, ByteBuffer.allocate(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void after_a_restart_the_bytes_are_found_again() throws Exception {
    byte[] bytes = random(3_700);
    for (int length : new int[] {0, 1, 999, 1000, 1001, 2500, 3700}) {
      Path path = directory.resolve("spool-" + length);
      Spool spool = new Spool(new DiskFile(path), CAPACITY, Overflow.DROP_OLDEST);
      for (int at = 0; at < length; at += 300) {
        spool.append(ByteBuffer.wrap(bytes, at, Math.min(300, length - at)));
      }
      spool.release();

      Spool recovered = Spool.recovered(new DiskFile(path), CAPACITY);
      assertThat(recovered.end()).isEqualTo(length);
      assertThat(recovered.first()).isEqualTo(Math.max(0, length - CAPACITY));
      assertThat(read(recovered, recovered.first()))
          .isEqualTo(Arrays.copyOfRange(bytes, (int) recovered.first(), length));
      recovered.discard();
      assertThat(path).doesNotExist();
    }
  }

  @Test
  void a_write_that_death_cut_short_hides_what_it_may_have_overwritten() throws Exception {
    byte[] bytes = random(1500);
    Path path = directory.resolve("stdout");
    DyingFile dying = new DyingFile(path, 1200);
    Spool spool = new Spool(dying, CAPACITY, Overflow.DROP_OLDEST);
    spool.append(ByteBuffer.wrap(bytes, 0, 1000));
    assertThatThrownBy(() -> spool.append(ByteBuffer.wrap(bytes, 1000, 500)))
        .isInstanceOf(SpoolFailure.class);
    dying.release();

    Spool recovered = Spool.recovered(new DiskFile(path), CAPACITY);
    assertThat(recovered.first()).isEqualTo(500);
    assertThat(recovered.end()).isEqualTo(1000);
    assertThat(read(recovered, 500)).isEqualTo(Arrays.copyOfRange(bytes, 500, 1000));
    recovered.release();
  }

  @Test
  void a_full_disk_is_told_and_what_was_written_before_counts() throws Exception {
    byte[] bytes = random(800);
    Spool spool = new Spool(new FullDisk(500), CAPACITY, Overflow.BLOCK);
    assertThatThrownBy(() -> spool.append(ByteBuffer.wrap(bytes)))
        .isInstanceOf(SpoolFailure.class)
        .hasMessage("No space left on device");
    assertThat(spool.end()).isEqualTo(500);
    assertThat(spool.crc32c()).isEqualTo(crc(Arrays.copyOf(bytes, 500)));
    assertThat(read(spool, 0)).isEqualTo(Arrays.copyOf(bytes, 500));
  }

  @Test
  void ended_execs_give_way_acknowledged_ones_first_then_the_oldest() throws Exception {
    SpoolRetention retention = new SpoolRetention(1000);
    Spool a = filled("a", 400);
    Spool b = filled("b", 400);
    Spool c = filled("c", 400);
    Spool d = filled("d", 400);
    retention.ended("a", List.of(a), () -> false);
    retention.ended("b", List.of(b), () -> false);
    retention.acknowledged("b");
    retention.ended("c", List.of(c), () -> false);
    assertThat(List.of(a.held(), b.held(), c.held())).containsExactly(400L, 0L, 400L);
    assertThat(directory.resolve("b")).doesNotExist();

    retention.ended("d", List.of(d), () -> false);
    assertThat(List.of(a.held(), c.held(), d.held())).containsExactly(0L, 400L, 400L);
    retention.forgotten("c");
    retention.forgotten("d");
    assertThat(retention.total()).isZero();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void one_that_forgets_blocks_as_well_and_holds_no_memory_once_all_is_consumed() throws Exception {
    MemoryFile file = new MemoryFile();
    Spool spool = new Spool(file, 200_000, Overflow.BLOCK_AND_FORGET);
    byte[] bytes = random(300_000);
    spool.append(ByteBuffer.wrap(bytes, 0, 200_000));
    assertThat(spool.room()).isZero();
    assertThat(file.size()).isBetween(200_000L, 300_000L);
    spool.consumed(150_000);
    assertThat(spool.first()).isEqualTo(150_000);
    spool.append(ByteBuffer.wrap(bytes, 200_000, 100_000));
    assertThat(read(spool, 150_000)).isEqualTo(Arrays.copyOfRange(bytes, 150_000, 300_000));
    assertThat(spool.crc32c()).isEqualTo(crc(bytes));
    spool.consumed(300_000);
    assertThat(file.size()).isZero();
    spool.append(ByteBuffer.wrap(bytes, 0, 10));
    assertThat(read(spool, 300_000)).isEqualTo(Arrays.copyOf(bytes, 10));
    spool.discard();
    assertThat(file.size()).isZero();
  }

  @Test
  void what_is_consumed_after_an_end_does_not_count_for_ever() throws Exception {
    SpoolRetention retention = new SpoolRetention(1000);
    Spool spool = new Spool(new MemoryFile(), CAPACITY, Overflow.BLOCK_AND_FORGET);
    spool.append(ByteBuffer.wrap(random(400)));
    retention.ended("a", List.of(spool), () -> false);
    spool.consumed(300);
    retention.forgotten("a");
    assertThat(retention.total()).isZero();
  }

  private Spool filled(String name, int bytes) throws Exception {
    Spool spool = spool(name, Overflow.BLOCK);
    spool.append(ByteBuffer.wrap(random(bytes)));
    return spool;
  }

  private Spool spool(String name, Overflow overflow) {
    return new Spool(new DiskFile(directory.resolve(name)), CAPACITY, overflow);
  }

  private static byte[] read(Spool spool, long offset) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) (spool.end() - offset) + 1);
    int count = spool.read(offset, buffer);
    return Arrays.copyOf(buffer.array(), count);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /** Fails as if its process died after so many bytes in all, its marks not counted. */
  private static final class DyingFile implements SpoolFile {
    private final DiskFile file;
    private int left;

    DyingFile(Path path, int left) {
      this.file = new DiskFile(path);
      this.left = left;
    }

    @Override
    public int write(ByteBuffer src, long position) throws IOException {
      if (position >= CAPACITY) {
        return file.write(src, position);
      }
      if (left == 0) {
        throw new IOException("died");
      }
      int limit = src.limit();
      src.limit(Math.min(limit, src.position() + left));
      int written = file.write(src, position);
      src.limit(limit);
      left -= written;
      return written;
    }

    @Override
    public int read(ByteBuffer dst, long position) throws IOException {
      return file.read(dst, position);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void release() {
      file.release();
    }

    @Override
    public void delete() throws IOException {
      file.delete();
    }
  }
}
