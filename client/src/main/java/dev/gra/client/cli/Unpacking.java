package dev.gra.client.cli;

import com.google.protobuf.ByteString;
import dev.gra.client.local.Commands;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** A local script that takes a copy in {@link Pieces}; started when it is known what comes. */
final class Unpacking implements CopyExec.Content, AutoCloseable {
  /** Starts it; at the first piece's end, by when it is known what comes. */
  interface Starter {
    Process start() throws IOException;
  }

  private final Starter starter;
  private final CopyProgress progress;
  private final byte[] piece = new byte[Pieces.MOST_BYTES];
  private int length;
  private Process process;

  Unpacking(Starter starter, CopyProgress progress) {
    this.starter = starter;
    this.progress = progress;
  }

  @Override
  public void write(ByteString data) throws IOException {
    progress.bytes(data.size());
    for (int from = 0; from < data.size(); ) {
      int count = Math.min(data.size() - from, piece.length - length);
      data.substring(from, from + count).copyTo(piece, length);
      from += count;
      length += count;
      if (length == piece.length) {
        pass();
      }
    }
  }

  private void pass() throws IOException {
    if (process == null) {
      process = starter.start();
    }
    try {
      OutputStream stdin = process.getOutputStream();
      if (length > 0) {
        stdin.write(Pieces.header(length));
        stdin.write(piece, 0, length);
      }
      length = 0;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** All is written, and this is its SHA-256: waits until it is in its place. */
  void finish(String sum) throws IOException {
    pass();
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(Pieces.end(sum));
    } catch (IOException e) {
      throw failed(e);
    }
    String said = said();
    if (Commands.await(process) != 0) {
      throw new IOException(said);
    }
  }

  /** It has ended, and says better why than the pipe to it. */
  private IOException failed(IOException e) throws IOException {
    String said = said();
    return new IOException(said.isEmpty() ? e.getMessage() : said, e);
  }

  private String said() throws IOException {
    String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return said.strip().replaceFirst("^gra-cp-error ", "");
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroy();
    }
  }
}
