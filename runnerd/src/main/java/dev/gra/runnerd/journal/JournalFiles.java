package dev.gra.runnerd.journal;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.gra.v1.Ended;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The journal on disk: {@code execs/ID/record}. An exec's spool and script lie in the same
 * directory.
 */
public class JournalFiles {
  private static final String RECORD = "record";

  private final Path execs;

  /** Opens it in a state directory, which it makes if need be. */
  public JournalFiles(Path state) throws IOException {
    execs = state.resolve("execs");
    Files.createDirectories(
        execs, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** An exec's directory. */
  public Path directory(String execId) {
    return execs.resolve(execId);
  }

  /**
   * Writes a start, not yet synced. The directory's creation decides who is first. If it fails, it
   * leaves nothing of its own.
   */
  protected void create(ExecRecord record) throws IOException {
    Path directory = directory(record.id());
    Files.createDirectory(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try (FileChannel file = FileChannel.open(directory.resolve(RECORD), CREATE_NEW, WRITE)) {
      writeAll(file, record.encoded(), 0);
    } catch (IOException e) {
      deleteTree(directory);
      throw e;
    }
  }

  /** Makes starts durable. The first sync of several costs, the others find their work done. */
  protected void syncStarts(List<String> execIds) throws IOException {
    for (String execId : execIds) {
      syncContent(directory(execId).resolve(RECORD));
      sync(directory(execId));
    }
    sync(execs);
  }

  /** Writes an ending into the room that its start took, not yet synced. */
  protected void end(String execId, Ended ended) throws IOException {
    try (FileChannel file = FileChannel.open(directory(execId).resolve(RECORD), WRITE)) {
      writeAll(file, ExecRecord.encoded(ended), ExecRecord.SLOT_BYTES);
    }
  }

  /** Makes an ending durable. */
  protected void syncEnding(String execId) throws IOException {
    try {
      syncContent(directory(execId).resolve(RECORD));
    } catch (NoSuchFileException e) {
      // Its tombstone was dropped before its turn came: nothing to keep.
      return;
    }
  }

  /** Removes an exec with all its files; it may be gone already. */
  protected void delete(String execId) throws IOException {
    deleteTree(directory(execId));
  }

  /**
   * What is there, in no order. Directories without a finished record, whose command was therefore
   * never spawned, are removed.
   */
  public List<ExecRecord> load() throws IOException {
    List<Path> directories;
    try (Stream<Path> found = Files.list(execs)) {
      directories = found.toList();
    }
    List<ExecRecord> records = new ArrayList<>();
    for (Path directory : directories) {
      Optional<ExecRecord> record = read(directory);
      if (record.isPresent()) {
        records.add(record.get());
      } else {
        deleteTree(directory);
      }
    }
    return records;
  }

  private static Optional<ExecRecord> read(Path directory) throws IOException {
    Path file = directory.resolve(RECORD);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    return ExecRecord.decoded(Files.readAllBytes(file))
        .filter(record -> record.id().equals(directory.getFileName().toString()));
  }

  private static void writeAll(FileChannel file, ByteBuffer bytes, long position)
      throws IOException {
    while (bytes.hasRemaining()) {
      file.write(bytes, position + bytes.position());
    }
  }

  /** Without its times: an ending in the room of its start needs no more than its own block. */
  private static void syncContent(Path file) throws IOException {
    try (FileChannel opened = FileChannel.open(file, READ)) {
      opened.force(false);
    }
  }

  private static void sync(Path path) throws IOException {
    try (FileChannel opened = FileChannel.open(path, READ)) {
      opened.force(true);
    }
  }

  private static void deleteTree(Path directory) throws IOException {
    List<Path> paths;
    try (Stream<Path> found = Files.walk(directory)) {
      paths = found.sorted(java.util.Comparator.reverseOrder()).toList();
    } catch (NoSuchFileException e) {
      return;
    }
    for (Path path : paths) {
      Files.deleteIfExists(path);
    }
  }
}
