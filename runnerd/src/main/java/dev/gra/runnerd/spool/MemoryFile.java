package dev.gra.runnerd.spool;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * What a light exec's spool keeps its bytes in: memory outside of the heap, page by page as it is
 * written, and none once its reader has all. Its spool's capacity is its bound.
 */
public final class MemoryFile implements SpoolFile {
  private static final int PAGE_BYTES = 64 * 1024;

  private final Map<Long, ByteBuffer> pages = new HashMap<>();
  private Arena memory;

  @Override
  public int write(ByteBuffer src, long position) {
    ByteBuffer page = pages.computeIfAbsent(position / PAGE_BYTES, _ -> page());
    int at = (int) (position % PAGE_BYTES);
    int length = Math.min(src.remaining(), PAGE_BYTES - at);
    page.put(at, src, src.position(), length);
    src.position(src.position() + length);
    return length;
  }

  @Override
  public int read(ByteBuffer dst, long position) throws IOException {
    ByteBuffer page = pages.get(position / PAGE_BYTES);
    if (page == null) {
      throw new IOException("the bytes at " + position + " were forgotten");
    }
    int at = (int) (position % PAGE_BYTES);
    int length = Math.min(dst.remaining(), PAGE_BYTES - at);
    dst.put(dst.position(), page, at, length);
    dst.position(dst.position() + length);
    return length;
  }

  /** How much memory it takes. */
  @Override
  public long size() {
    return (long) pages.size() * PAGE_BYTES;
  }

  /** It has no descriptor. */
  @Override
  public void release() {}

  @Override
  public void forget() {
    pages.clear();
    if (memory != null) {
      memory.close();
      memory = null;
    }
  }

  @Override
  public void delete() {
    forget();
  }

  private ByteBuffer page() {
    if (memory == null) {
      memory = Arena.ofConfined();
    }
    return memory.allocate(PAGE_BYTES).asByteBuffer();
  }
}
