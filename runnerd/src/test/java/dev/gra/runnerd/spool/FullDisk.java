package dev.gra.runnerd.spool;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A spool file on a disk that takes only so many bytes. */
public final class FullDisk implements SpoolFile {
  private final ByteBuffer bytes;
  private int size;

  public FullDisk(int room) {
    bytes = ByteBuffer.allocate(room);
  }

  @Override
  public int write(ByteBuffer src, long position) throws IOException {
    int count = Math.min(src.remaining(), bytes.capacity() - (int) position);
    if (count <= 0) {
      throw new IOException("No space left on device");
    }
    bytes.put((int) position, src, src.position(), count);
    src.position(src.position() + count);
    size = Math.max(size, (int) position + count);
    return count;
  }

  @Override
  public int read(ByteBuffer dst, long position) {
    int count = Math.min(dst.remaining(), size - (int) position);
    if (count <= 0) {
      return -1;
    }
    dst.put(dst.position(), bytes, (int) position, count);
    dst.position(dst.position() + count);
    return count;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void release() {}

  @Override
  public void delete() {
    size = 0;
  }
}
