package dev.gra.runnerd.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * One output stream's bytes, on disk or in memory: a ring addressed by absolute offsets, holding
 * {@code [first, end)}. What its writer has consumed stays until room is needed, unless {@link
 * Overflow#BLOCK_AND_FORGET}; what it hasn't is never dropped unless {@link Overflow#DROP_OLDEST}.
 *
 * <p>File: the byte at offset {@code o} is at position {@code o % capacity}, so that until the ring
 * is full the file's size is the stream's end. From then on 16 bytes follow the ring: the end, and
 * the end that the write under way will reach. With them {@link #recovered} finds after runnerd's
 * death exactly what was kept, and hides what that write may have overwritten.
 *
 * <p>Used by one thread.
 */
public final class Spool {
  private static final int MARK_BYTES = 16;

  private final SpoolFile file;
  private final long capacity;
  private final Overflow overflow;
  private final CRC32C checksum = new CRC32C();
  private long first;
  private long end;
  private long consumed;

  /** An empty one. */
  public Spool(SpoolFile file, long capacity, Overflow overflow) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity " + capacity);
    }
    this.file = Objects.requireNonNull(file);
    this.capacity = capacity;
    this.overflow = Objects.requireNonNull(overflow);
  }

  /** What an earlier runnerd left in {@code file} of a stream of {@code total} bytes. */
  public static Spool recovered(SpoolFile file, long capacity, long total) throws IOException {
    Spool spool = recovered(file, capacity);
    if (spool.end != total) {
      // The file was dropped when the room was needed.
      spool.first = total;
      spool.end = total;
    }
    return spool;
  }

  /** What an earlier runnerd left in {@code file}: to be read only, its checksum not known. */
  public static Spool recovered(SpoolFile file, long capacity) throws IOException {
    Spool spool = new Spool(file, capacity, Overflow.DROP_OLDEST);
    long size = file.size();
    spool.end = Math.min(size, capacity);
    if (size == capacity + MARK_BYTES) {
      spool.readMark();
    }
    file.release();
    return spool;
  }

  /** The oldest offset that is still there. */
  public long first() {
    return first;
  }

  /** How many bytes were appended in all. */
  public long end() {
    return end;
  }

  /** How many bytes it holds. */
  public long held() {
    return end - first;
  }

  /** CRC-32C of all bytes that were appended. */
  public int crc32c() {
    return (int) checksum.getValue();
  }

  /** How many bytes may be appended now. */
  public long room() {
    return overflow == Overflow.DROP_OLDEST ? capacity : capacity - (end - consumed);
  }

  /** The writer's clients have everything below {@code offset}. */
  public void consumed(long offset) {
    consumed = Math.max(consumed, Math.min(offset, end));
    if (overflow == Overflow.BLOCK_AND_FORGET) {
      first = Math.max(first, consumed);
      if (first == end) {
        file.forget();
      }
    }
  }

  /**
   * Appends all of {@code src}, at most {@link #room()} bytes. If it fails, what was written before
   * counts as appended.
   */
  public void append(ByteBuffer src) throws SpoolFailure {
    if (src.remaining() > room()) {
      throw new IllegalArgumentException(src.remaining() + " bytes for a room of " + room());
    }
    try {
      boolean wraps = end + src.remaining() > capacity;
      // What forgets is of no use to the next runnerd.
      boolean marks = wraps && overflow != Overflow.BLOCK_AND_FORGET;
      if (marks) {
        writeMark(end + src.remaining());
      }
      if (wraps) {
        first = Math.max(first, end + src.remaining() - capacity);
      }
      while (src.hasRemaining()) {
        appendSome(src);
      }
      if (marks) {
        writeMark(end);
      }
    } catch (IOException e) {
      throw new SpoolFailure(e);
    }
  }

  private void appendSome(ByteBuffer src) throws IOException {
    long position = end % capacity;
    int start = src.position();
    int limit = src.limit();
    src.limit((int) Math.min(limit, start + capacity - position));
    int written = file.write(src, position);
    src.limit(start + written).position(start);
    checksum.update(src);
    src.limit(limit);
    end += written;
  }

  /**
   * Reads bytes from {@code offset} on, as many as are there and {@code dst} takes.
   *
   * @return how many bytes were read
   */
  public int read(long offset, ByteBuffer dst) throws IOException {
    if (offset < first || offset > end) {
      throw new IllegalArgumentException(
          "offset " + offset + " is not in [" + first + ", " + end + "]");
    }
    int wanted = (int) Math.min(dst.remaining(), end - offset);
    int limit = dst.limit();
    int done = 0;
    while (done < wanted) {
      long position = (offset + done) % capacity;
      dst.limit(dst.position() + (int) Math.min(wanted - done, capacity - position));
      int count = file.read(dst, position);
      if (count < 0) {
        throw new IOException("the spool's file is shorter than its stream");
      }
      done += count;
    }
    dst.limit(limit);
    return done;
  }

  /** Gives its descriptor back until it is needed again. */
  public void release() {
    file.release();
  }

  /** Drops all bytes; offsets and checksum stay. */
  public void discard() throws IOException {
    first = end;
    file.delete();
  }

  private void writeMark(long endToCome) throws IOException {
    ByteBuffer mark = ByteBuffer.allocate(MARK_BYTES).putLong(end).putLong(endToCome).flip();
    while (mark.hasRemaining()) {
      file.write(mark, capacity + mark.position());
    }
  }

  private void readMark() throws IOException {
    ByteBuffer mark = ByteBuffer.allocate(MARK_BYTES);
    while (mark.hasRemaining()) {
      if (file.read(mark, capacity + mark.position()) < 0) {
        throw new IOException("the spool's mark is cut");
      }
    }
    mark.flip();
    end = mark.getLong();
    first = Math.max(0, mark.getLong() - capacity);
    if (first > end) {
      first = end;
    }
  }
}
