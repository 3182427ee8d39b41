package dev.gra.client.cli;

import com.google.protobuf.ByteString;
import dev.gra.client.local.Commands;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A local script that takes a copy in {@link Pieces}; started when it is known what comes. */
final class Unpacking implements CopyExec.Content, AutoCloseable {
  /** Its command; asked for at the first piece's end, by when it is known what comes. */
  interface Script {
    List<String> command();
  }

  private static final int MOST_SAID = 64 << 10;

  private final Script script;
  private final Path directory;
  private final CopyProgress progress;
  private final byte[] piece = new byte[Pieces.MOST_BYTES];
  private int length;
  private Process process;
  private InputStream errors;

  /**
   * One that isn't started yet.
   *
   * @param directory to run it in
   */
  Unpacking(Script script, Path directory, CopyProgress progress) {
    this.script = script;
    this.directory = directory;
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
      start();
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

  // Its errors go to a file without a name, which nobody has to take away. Through a pipe, who says
  // much before it has read all would wait for us, and we for it.
  private void start() throws IOException {
    Path file = Files.createTempFile("gra-cp-", ".err");
    try {
      errors = Files.newInputStream(file);
      process =
          new ProcessBuilder(script.command())
              .directory(directory.toFile())
              .redirectError(file.toFile())
              .start();
    } finally {
      Files.delete(file);
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
    if (Commands.await(process) != 0) {
      throw new IOException(said());
    }
  }

  /** It has ended, and says better why than the pipe to it. */
  private IOException failed(IOException e) throws IOException {
    Commands.await(process);
    String said = said();
    return new IOException(said.isEmpty() ? e.getMessage() : said, e);
  }

  private String said() throws IOException {
    String said = new String(errors.readNBytes(MOST_SAID), StandardCharsets.UTF_8);
    return said.strip().replaceFirst("^gra-cp-error ", "");
  }

  @Override
  public void close() throws IOException {
    if (process != null) {
      process.destroy();
    }
    if (errors != null) {
      errors.close();
    }
  }
}
