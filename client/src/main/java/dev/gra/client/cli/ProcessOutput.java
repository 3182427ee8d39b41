package dev.gra.client.cli;

import com.google.protobuf.ByteString;
import dev.gra.client.OutputSink;
import dev.gra.v1.Stream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The command's output to our own stdout and stderr, byte for byte, unbuffered. */
public final class ProcessOutput implements OutputSink {
  private static final long FULL_PIPE_PAUSE = Duration.ofMillis(1).toNanos();

  private final FileChannel stdout = new FileOutputStream(FileDescriptor.out).getChannel();
  private final FileChannel stderr = new FileOutputStream(FileDescriptor.err).getChannel();
  private final Messages messages;

  /** Our own messages go between. */
  public ProcessOutput(Messages messages) {
    this.messages = messages;
  }

  @Override
  public void write(Stream stream, long offset, ByteString data) throws IOException {
    messages.clear();
    FileChannel target = stream == Stream.STREAM_STDOUT ? stdout : stderr;
    for (ByteBuffer part : data.asReadOnlyByteBufferList()) {
      while (part.hasRemaining()) {
        // Whoever gave us the pipe may have made it non-blocking.
        if (target.write(part) == 0) {
          LockSupport.parkNanos(FULL_PIPE_PAUSE);
        }
      }
    }
  }

  @Override
  public void gap(Stream stream, long from, long to) {
    messages.say(name(stream) + " bytes " + from + " to " + to + " are gone: they came too fast");
  }

  static String name(Stream stream) {
    return stream == Stream.STREAM_STDOUT ? "stdout" : "stderr";
  }
}
