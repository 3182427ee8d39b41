package dev.gra.runnerd.spool;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a spool keeps its bytes in. The seam at which a full or broken disk is tested.
 *
 * <p>It is created by the first write; until then it is empty, and nothing is on disk.
 */
public interface SpoolFile {
  /**
   * Writes some of {@code src}, at least one byte.
   *
   * @return how many bytes were written
   */
  int write(ByteBuffer src, long position) throws IOException;

  /**
   * Reads some bytes.
   *
   * @return how many bytes were read; -1 at the end of the file
   */
  int read(ByteBuffer dst, long position) throws IOException;

  /** How long it is; 0 if it isn't there. */
  long size() throws IOException;

  /** Gives its descriptor back; a later read or write takes another one. */
  void release();

  /**
   * Nothing that was written will be read any more: what holds it may be used for something else.
   */
  default void forget() {}

  /** Removes it from disk. */
  void delete() throws IOException;
}
