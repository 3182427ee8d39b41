package dev.gra.client.cli;

import dev.gra.client.GraException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Copies between our own stdin or stdout and a file in a runner, compared by SHA-256. */
final class StreamCopy {
  private final Session session;
  private final CopyProgress progress;
  private final MessageDigest digest;

  StreamCopy(Session session, CopyProgress progress) {
    this.session = session;
    this.progress = progress;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Our stdin becomes that file: whole, or not at all. */
  void upload(CopyPath target) throws IOException, InterruptedException {
    try (FileInputStream stdin = new FileInputStream(FileDescriptor.in);
        WithDigest content = new WithDigest(stdin.getChannel())) {
      new CopyExec(session, target, CopyScripts.receiveStream(target.path())).send(content);
    }
  }

  /** That file goes to our stdout; a failure at its end says that it isn't what was read there. */
  void download(CopyPath source) throws IOException, InterruptedException {
    CopyExec exec = new CopyExec(session, source, CopyScripts.sendStream(source.path()));
    exec.receive(new Counted(new FileOutputStream(FileDescriptor.out)));
    String sent = CopyExec.announced(exec.said()).digest();
    String actual = hexadecimal();
    if (!actual.equals(sent)) {
      throw GraException.of(
          "COPY_FAILED",
          "cp: what was put out is not what was there at first (SHA-256 %s, then %s)"
              .formatted(actual, sent),
          null);
    }
  }

  private void took(ByteBuffer bytes) {
    progress.bytes(bytes.remaining());
    digest.update(bytes);
  }

  private String hexadecimal() {
    return HexFormat.of().formatHex(digest.digest());
  }

  private final class Counted extends OutputStream {
    private final OutputStream out;

    Counted(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      took(ByteBuffer.wrap(bytes, offset, length));
    }
  }

  /** What is read, and after its end its digest. */
  private final class WithDigest implements ReadableByteChannel {
    private final ReadableByteChannel source;
    private ByteBuffer trailer;

    WithDigest(ReadableByteChannel source) {
      this.source = source;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      if (trailer == null) {
        int from = target.position();
        int count = source.read(target);
        if (count >= 0) {
          took(target.duplicate().flip().position(from));
          return count;
        }
        trailer = ByteBuffer.wrap(hexadecimal().getBytes(StandardCharsets.US_ASCII));
      }
      if (!trailer.hasRemaining()) {
        return -1;
      }
      int count = Math.min(target.remaining(), trailer.remaining());
      target.put(trailer.slice(trailer.position(), count));
      trailer.position(trailer.position() + count);
      return count;
    }

    @Override
    public boolean isOpen() {
      return source.isOpen();
    }

    @Override
    public void close() throws IOException {
      source.close();
    }
  }
}
