package dev.gra.client.workspace;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.Optional;

/**
 * A file of a workspace: as it is, and as it should be.
 *
 * @param path where
 * @param what the change, for the question whether to make it
 * @param before its content, if it is there
 * @param after its content to be
 */
public record PlannedFile(Path path, String what, Optional<ByteString> before, ByteString after) {
  /** What is to be done. */
  public enum Change {
    /** It isn't there. */
    CREATE,
    /** It is there, and would change: its owner is asked. */
    UPDATE,
    /** It is as it should be. */
    NONE
  }

  public PlannedFile {
    Objects.requireNonNull(path);
    Objects.requireNonNull(what);
    Objects.requireNonNull(before);
    Objects.requireNonNull(after);
  }

  /** A file, if it is there. */
  public static Optional<ByteString> read(Path path) throws IOException {
    try {
      return Optional.of(ByteString.copyFrom(Files.readAllBytes(path)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** What is to be done. */
  public Change change() {
    if (before.isEmpty()) {
      return Change.CREATE;
    }
    return before.get().equals(after) ? Change.NONE : Change.UPDATE;
  }

  /** Makes it as it should be: at once, with the permissions it had, and through a link. */
  public void write() throws IOException {
    if (before.isEmpty()) {
      Files.write(path, after.toByteArray());
      return;
    }
    Path real = path.toRealPath();
    Path partial = Files.createTempFile(real.getParent(), ".gractl-", ".partial");
    try {
      Files.write(partial, after.toByteArray());
      Files.setPosixFilePermissions(partial, Files.getPosixFilePermissions(real));
      Files.move(partial, real, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(partial);
    }
  }
}
