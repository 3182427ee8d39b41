package dev.gra.client.cli;

import com.google.protobuf.ByteString;
import dev.gra.client.GraException;
import dev.gra.v1.Stream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.List;

/** Copies between our own stdin or stdout and a file in a runner, compared by SHA-256. */
final class StreamCopy {
  private final Session session;
  private final CopyProgress progress;

  StreamCopy(Session session, CopyProgress progress) {
    this.session = session;
    this.progress = progress;
  }

  /** Our stdin becomes that file: whole, or not at all. */
  void upload(CopyPath target) throws IOException, InterruptedException {
    // Its channel can be closed under a thread that waits for the next byte.
    FileChannel stdin = new FileInputStream(FileDescriptor.in).getChannel();
    try (OutgoingCopy content = new OutgoingCopy(Channels.newInputStream(stdin), progress)) {
      progress.total(stdin.size()); // Of a pipe that is 0.
      List<String> receive = CopyScripts.receiveStream(target.path());
      new CopyExec(session, target, receive, progress).send(content);
    }
  }

  /** That file goes to our stdout; a failure at its end says that it isn't what was read there. */
  void download(CopyPath source) throws IOException, InterruptedException {
    List<String> send = CopyScripts.sendStream(source.path());
    CopyExec exec = new CopyExec(session, source, send, progress);
    ToStdout stdout = new ToStdout();
    exec.receive(stdout);
    String actual = stdout.digest.sum();
    String sent = exec.sum();
    if (!actual.equals(sent)) {
      throw GraException.of(
          "COPY_FAILED",
          "cp: what was put out is not what was sent (SHA-256 %s, sent %s)".formatted(actual, sent),
          null);
    }
  }

  private final class ToStdout implements CopyExec.Content {
    private final ProcessOutput output = new ProcessOutput(session.messages());
    private final Sha256 digest = new Sha256();

    @Override
    public void write(ByteString data) throws IOException {
      try {
        output.write(Stream.STREAM_STDOUT, 0, data);
      } catch (IOException e) {
        throw BrokenPipeException.of(e);
      }
      for (ByteBuffer part : data.asReadOnlyByteBufferList()) {
        digest.add(part);
      }
      progress.bytes(data.size());
    }
  }
}
