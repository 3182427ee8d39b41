package dev.gra.grad.local;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Directories that nobody else may look into. */
final class OwnerOnly {
  static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rwx------");
  private static final FileAttribute<?> ATTRIBUTE = PosixFilePermissions.asFileAttribute(MODE);

  private OwnerOnly() {}

  /** Makes the directory with its parents, or takes the one that is there if it is ours alone. */
  static void make(Path directory) throws IOException {
    var parent = directory.getParent();
    if (parent != null && !Files.exists(parent)) {
      Files.createDirectories(parent, ATTRIBUTE);
    }
    try {
      Files.createDirectory(directory, ATTRIBUTE);
    } catch (FileAlreadyExistsException _) {
      check(directory);
    }
  }

  /** Refuses what another user could have put there, such as a symbolic link in /tmp. */
  static void check(Path directory) throws IOException {
    var attributes = Files.readAttributes(directory, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(directory + " is not a directory");
    }
    if (!attributes.get("uid").equals(currentUid())) {
      throw new IOException(directory + " belongs to another user");
    }
    if (((Integer) attributes.get("mode") & 0077) != 0) {
      Files.setPosixFilePermissions(directory, MODE);
    }
  }

  static Integer currentUid() throws IOException {
    return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }
}
