package dev.gra.grad.audit;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Where the audit log's lines go. */
@FunctionalInterface
public interface Sink {
  /** Appends whole lines: all of them, or as good as none. */
  void write(byte[] lines) throws IOException;

  /** Standard output. */
  static Sink stdout() {
    return new Stdout();
  }

  /**
   * A file, made for its owner's eyes only if it isn't there.
   *
   * @throws IOException if it can't be written to
   */
  static Sink file(Path file) throws IOException {
    Sink sink = new AFile(file);
    sink.write(new byte[0]);
    return sink;
  }

  /** Nothing is between the process and its descriptor that would swallow an error. */
  final class Stdout implements Sink {
    private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    private boolean torn;

    @Override
    public void write(byte[] lines) throws IOException {
      if (torn) {
        out.write('\n');
        torn = false;
      }
      try {
        out.write(lines);
      } catch (IOException e) {
        torn = true;
        throw e;
      }
    }
  }

  /** Opened anew each time, so that it may be moved away at any time, which is how logs rotate. */
  record AFile(Path file) implements Sink {
    @Override
    public void write(byte[] lines) throws IOException {
      Set<StandardOpenOption> how = Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      var ownerOnly =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
      try (FileChannel channel = FileChannel.open(file, how, ownerOnly)) {
        append(channel, ByteBuffer.wrap(lines));
      }
    }

    private static void append(FileChannel channel, ByteBuffer lines) throws IOException {
      long whole = channel.size();
      try {
        while (lines.hasRemaining()) {
          channel.write(lines);
        }
      } catch (IOException e) {
        // The disk is full: half a line would spoil the next one, too.
        channel.truncate(whole);
        throw e;
      }
    }
  }
}
