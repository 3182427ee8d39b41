package dev.gra.client.sync;

import dev.gra.client.GraException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * What a path is, as far as its change is seen by it.
 *
 * @param type as rsync has it: f, d, L
 * @param size in bytes; of a link, its text's
 * @param modified when; from a runner, to the second
 * @param mode {@code rwxr-x---}; of files only
 */
public record Entry(char type, long size, Instant modified, String mode) {
  private static final int MODE_LENGTH = 9;

  public Entry {
    if (mode.length() != (type == 'f' ? MODE_LENGTH : 0)) {
      throw new IllegalArgumentException("mode " + mode);
    }
  }

  /** A directory: only that it is one matters. */
  static Entry directory() {
    return new Entry('d', 0, Instant.EPOCH, "");
  }

  /** From what rsync says of it. */
  static Entry of(char type, long size, Instant modified, String mode) {
    // Java knows of nine bits only.
    String bits = mode.replaceAll("[st]", "x").replaceAll("[ST]", "-");
    return type == 'd' ? directory() : new Entry(type, size, modified, type == 'f' ? bits : "");
  }

  /** What is at a path of this machine; empty if nothing is, or a device or socket. */
  public static Optional<Entry> at(Path root, String name) throws IOException {
    try {
      var attributes =
          Files.readAttributes(
              root.resolve(name), PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (attributes.isOther()) {
        return Optional.empty();
      }
      char type = attributes.isDirectory() ? 'd' : attributes.isSymbolicLink() ? 'L' : 'f';
      return Optional.of(
          of(
              type,
              attributes.size(),
              attributes.lastModifiedTime().toInstant(),
              PosixFilePermissions.toString(attributes.permissions())));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (InvalidPathException e) {
      throw badName(name, e);
    }
  }

  static GraException badName(String name, Exception cause) {
    return GraException.of(
        "BAD_NAME",
        "the file name " + name + " isn't text here",
        "the same with LC_ALL=C.UTF-8, or a line in .graignore",
        cause);
  }

  /** Whether this, of a runner, may be that of this machine, which is told more exactly. */
  boolean mayBe(Entry exact) {
    Entry rounded =
        new Entry(
            exact.type, exact.size, exact.modified.truncatedTo(ChronoUnit.SECONDS), exact.mode);
    return equals(rounded);
  }

  boolean isDirectory() {
    return type == 'd';
  }
}
