package dev.gra.runnerd.spool;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** A spool file on disk, opened when it is first needed. */
public final class DiskFile implements SpoolFile {
  private final Path path;
  private FileChannel channel;

  public DiskFile(Path path) {
    this.path = Objects.requireNonNull(path);
  }

  @Override
  public int write(ByteBuffer src, long position) throws IOException {
    return opened().write(src, position);
  }

  @Override
  public int read(ByteBuffer dst, long position) throws IOException {
    return opened().read(dst, position);
  }

  @Override
  public long size() throws IOException {
    if (channel != null) {
      return channel.size();
    }
    return Files.exists(path) ? Files.size(path) : 0;
  }

  @Override
  public void release() {
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      channel = null;
    }
  }

  @Override
  public void delete() throws IOException {
    release();
    Files.deleteIfExists(path);
  }

  private FileChannel opened() throws IOException {
    if (channel == null) {
      channel = FileChannel.open(path, CREATE, READ, WRITE);
    }
    return channel;
  }
}
