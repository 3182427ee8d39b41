package dev.gra.client.cli;

import dev.gra.client.local.GraHome;
import dev.gra.client.local.StateFile;
import dev.gra.v1.Cursors;
import dev.gra.v1.Stream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a killed gractl leaves for {@code execs attach}: where its exec is and how much of the
 * output it had passed on. Beside it, in 16 bytes that are overwritten after each write, the
 * cursors.
 */
public final class FollowUp implements AutoCloseable {
  private static final Duration KEPT = Duration.ofHours(24);

  /** grad refuses any other; none of these leads out of the directory. */
  private static final Pattern EXEC_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /**
   * What is known of an exec.
   *
   * @param execId its id
   * @param endpoint where grad was
   * @param runner its runner's name
   * @param runnerUid its runner's uid
   * @param cursors how much of the output was passed on
   */
  public record Entry(
      String execId, String endpoint, String runner, String runnerUid, Cursors cursors) {}

  private final Path file;
  private final Path cursorFile;
  private final FileChannel cursors;
  private final ByteBuffer buffer = ByteBuffer.allocate(16);

  private FollowUp(Path file, Path cursorFile, FileChannel cursors) {
    this.file = file;
    this.cursorFile = cursorFile;
    this.cursors = cursors;
  }

  /** Writes the record, before its exec starts or is joined; empty if the id is none. */
  public static Optional<FollowUp> write(GraHome home, Entry record) throws IOException {
    if (!EXEC_ID.matcher(record.execId()).matches()) {
      return Optional.empty();
    }
    GraHome.privateDirectory(home.root());
    GraHome.privateDirectory(home.execs());
    forgetOld(home.execs());
    Path cursorFile = cursorFile(home, record.execId());
    FileChannel channel =
        FileChannel.open(cursorFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FollowUp followUp = new FollowUp(file(home, record.execId()), cursorFile, channel);
    followUp.passedOn(Stream.STREAM_STDOUT, record.cursors().getStdout());
    followUp.passedOn(Stream.STREAM_STDERR, record.cursors().getStderr());
    StateFile.write(
        followUp.file,
        Map.of(
            "endpoint", record.endpoint(),
            "runner", record.runner(),
            "runnerUid", record.runnerUid()));
    return Optional.of(followUp);
  }

  /** Reads the record of an exec, if there is one. */
  public static Optional<Entry> read(GraHome home, String execId) throws IOException {
    if (!EXEC_ID.matcher(execId).matches()) {
      return Optional.empty();
    }
    try {
      StateFile file = StateFile.read(file(home, execId));
      ByteBuffer offsets = ByteBuffer.wrap(Files.readAllBytes(cursorFile(home, execId)));
      Cursors.Builder cursors = Cursors.newBuilder();
      if (offsets.remaining() == 16) {
        cursors.setStdout(offsets.getLong()).setStderr(offsets.getLong());
      }
      return Optional.of(
          new Entry(
              execId,
              file.text("endpoint"),
              file.text("runner"),
              file.text("runnerUid"),
              cursors.build()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Our write of that stream returned, up to this offset. */
  public void passedOn(Stream stream, long upTo) throws IOException {
    buffer.clear().limit(8);
    buffer.putLong(0, upTo);
    cursors.write(buffer, stream == Stream.STREAM_STDOUT ? 0 : 8);
  }

  /** There is nothing left to follow up. */
  public void remove() throws IOException {
    close();
    Files.deleteIfExists(file);
    Files.deleteIfExists(cursorFile);
  }

  @Override
  public void close() throws IOException {
    cursors.close();
  }

  private static void forgetOld(Path directory) throws IOException {
    Instant limit = Instant.now().minus(KEPT);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path old : files) {
        // 0 if another gractl was quicker.
        if (old.toFile().lastModified() < limit.toEpochMilli()) {
          Files.deleteIfExists(old);
        }
      }
    }
  }

  private static Path file(GraHome home, String execId) {
    return home.execs().resolve(execId + ".properties");
  }

  private static Path cursorFile(GraHome home, String execId) {
    return home.execs().resolve(execId + ".cursors");
  }
}
