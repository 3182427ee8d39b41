package dev.gra.client.cli;

import dev.gra.client.GraException;
import dev.gra.client.local.Commands;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** A local process that takes a copy on its stdin; started when it is known what comes. */
final class Unpacking extends OutputStream {
  /** Starts it; null as long as it isn't known yet what will come. */
  interface Starter {
    Process start() throws IOException;
  }

  /** More than a window of the exec's, so never reached unless the announcement never comes. */
  private static final int MOST_HELD = 4 << 20;

  private final Starter starter;
  private final CopyProgress progress;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private Process process;

  Unpacking(Starter starter, CopyProgress progress) {
    this.starter = starter;
    this.progress = progress;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    progress.bytes(length);
    if (started()) {
      process.getOutputStream().write(bytes, offset, length);
    } else if (held.size() + length > MOST_HELD) {
      throw new IOException("it was not said what comes");
    } else {
      held.write(bytes, offset, length);
    }
  }

  private boolean started() throws IOException {
    if (process == null) {
      process = starter.start();
      if (process != null) {
        held.writeTo(process.getOutputStream());
      }
    }
    return process != null;
  }

  /** All is written: waits until it is in its place. */
  void finish() throws IOException {
    if (!started()) {
      throw new IOException("nothing was sent");
    }
    process.getOutputStream().close();
    String said =
        new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (Commands.await(process) != 0) {
      throw GraException.of("COPY_FAILED", "cp: " + said.replaceFirst("^gra-cp-error ", ""), null);
    }
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroy();
    }
  }
}
