package dev.gra.grad.local;

import dev.gra.grad.runner.RunnerUid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/**
 * One runner's directory. The sandbox sees {@code workspace}, {@code home}, {@code tmp}, {@code
 * state} and {@code link}; it never sees what grad alone writes beside them.
 */
record RunnerDirectory(Path path, RunnerUid uid) {
  private static final System.Logger LOG = System.getLogger(RunnerDirectory.class.getName());
  private static final int LOG_TAIL = 4096;

  Path workspace() {
    return path.resolve("workspace");
  }

  /**
   * HOME of the commands, apart from the workspace so that dot files stay out of what a person
   * syncs.
   */
  Path home() {
    return path.resolve("home");
  }

  Path tmp() {
    return path.resolve("tmp");
  }

  /** runnerd's journal and spool. */
  Path state() {
    return path.resolve("state");
  }

  Path link() {
    return path.resolve("link");
  }

  Path socket() {
    return link().resolve("s");
  }

  /** What runnerd wrote to stderr. */
  Path log() {
    return path.resolve("log");
  }

  /** What bwrap says of its child. */
  Path status() {
    return path.resolve("status");
  }

  /** Made-up files of the sandbox's /etc, and the empty file that masks. */
  Path etc() {
    return path.resolve("etc");
  }

  /** AWS' configuration of the runner's datasets. */
  Path aws() {
    return path.resolve("aws");
  }

  /** Where the runner's datasets are mounted; only its own mount namespace has anything there. */
  Path datasets() {
    return path.resolve("datasets");
  }

  /** Which of them once were, and what s3fs said. */
  Path mounts() {
    return path.resolve("mounts");
  }

  /** The program of {@link KeyringFilter}. */
  Path seccomp() {
    return etc().resolve("seccomp");
  }

  void create(RunnerRecord runner) throws IOException {
    OwnerOnly.make(path);
    for (var directory : List.of(workspace(), home(), tmp(), state(), link(), etc())) {
      OwnerOnly.make(directory);
    }
    Files.write(seccomp(), KeyringFilter.program());
    write(runner);
  }

  void write(RunnerRecord runner) throws IOException {
    AtomicFile.write(path.resolve("runner.json"), runner.json());
  }

  /** Empty if it was never made to the end, or isn't ours to read. */
  Optional<RunnerRecord> runner() {
    try {
      return Optional.of(RunnerRecord.parse(Files.readAllBytes(path.resolve("runner.json"))))
          .filter(read -> read.uid().equals(uid));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "unreadable runner.json in " + path, e);
      return Optional.empty();
    }
  }

  /** What a runnerd that died left and its successor must not meet. */
  void clean() throws IOException {
    Trees.empty(link());
    Trees.empty(tmp());
    Files.setPosixFilePermissions(tmp(), PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.deleteIfExists(status());
    Files.deleteIfExists(path.resolve("process.json"));
  }

  /** Whether runnerd ended by its idleness. */
  boolean finished() {
    return Files.exists(state().resolve("finished"), LinkOption.NOFOLLOW_LINKS);
  }

  /** From here on a grad that finds it only removes it. */
  void markDeleted() throws IOException {
    AtomicFile.write(path.resolve("deleted"), new byte[0]);
  }

  boolean deleted() {
    return Files.exists(path.resolve("deleted"));
  }

  void process(ProcessIdentity identity) throws IOException {
    AtomicFile.write(path.resolve("process.json"), identity.json());
  }

  Optional<ProcessIdentity> process() throws IOException {
    try {
      return Optional.of(ProcessIdentity.parse(Files.readAllBytes(path.resolve("process.json"))));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  /** The last line that a runnerd or its sandbox wrote before it ended, for a person. */
  String lastWords() {
    try (var channel = Files.newByteChannel(log())) {
      channel.position(Math.max(0, channel.size() - LOG_TAIL));
      var tail = new byte[LOG_TAIL];
      var buffer = java.nio.ByteBuffer.wrap(tail);
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {}
      var text = new String(tail, 0, buffer.position(), StandardCharsets.US_ASCII).strip();
      return text.substring(text.lastIndexOf('\n') + 1);
    } catch (IOException _) {
      return "";
    }
  }

  /**
   * Removes all of it; {@code runner.json} may go first, for what is half gone is reaped as what is
   * half made.
   */
  void remove() throws IOException {
    Trees.delete(path);
  }
}
