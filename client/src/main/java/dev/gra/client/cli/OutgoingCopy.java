package dev.gra.client.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;

/** What a script in a runner reads as its stdin: a source in {@link Pieces}. */
final class OutgoingCopy implements ReadableByteChannel {
  private static final int READ_BYTES = 64 << 10;

  private final InputStream source;
  private final CopyProgress progress;
  private final Sha256 digest = new Sha256();
  private final byte[] content = new byte[Pieces.MOST_BYTES];
  private final ByteBuffer ready =
      ByteBuffer.allocate(Pieces.HEADER_BYTES + Pieces.MOST_BYTES + Pieces.END_BYTES).limit(0);
  private boolean ended;
  private volatile IOException failure;
  private volatile boolean closed;

  OutgoingCopy(InputStream source, CopyProgress progress) {
    this.source = source;
    this.progress = progress;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (!ready.hasRemaining()) {
      if (ended) {
        return -1;
      }
      fill();
    }
    int count = Math.min(target.remaining(), ready.remaining());
    target.put(ready.slice(ready.position(), count));
    ready.position(ready.position() + count);
    progress.bytes(count);
    return count;
  }

  private void fill() throws IOException {
    int length = readPiece();
    ready.clear();
    if (length > 0) {
      digest.add(ByteBuffer.wrap(content, 0, length));
      ready.put(Pieces.header(length)).put(content, 0, length);
    }
    if (ended) {
      ready.put(Pieces.end(digest.sum()));
    }
    ready.flip();
  }

  private int readPiece() throws IOException {
    int length = 0;
    try {
      while (length < content.length && !ended) {
        int count = source.read(content, length, Math.min(READ_BYTES, content.length - length));
        ended = count < 0;
        length += Math.max(0, count);
      }
    } catch (IOException e) {
      failure = e;
      throw e;
    }
    return length;
  }

  /** Why it could not be read to its end. */
  Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    source.close();
  }
}
