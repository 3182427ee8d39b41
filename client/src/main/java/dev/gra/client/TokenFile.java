package dev.gra.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** A bearer token in a file that only its owner can read. */
public final class TokenFile {
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.range(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_EXECUTE);

  /**
   * Reads the token.
   *
   * @throws GraException if it can't be read, is empty, or others can read it
   */
  public static String read(Path file) {
    try {
      Set<PosixFilePermission> open = EnumSet.copyOf(OTHERS);
      open.retainAll(Files.getPosixFilePermissions(file));
      if (!open.isEmpty()) {
        throw GraException.of(
            "TOKEN_FILE_OPEN",
            "the token file " + file + " can be read by others",
            "chmod 600 " + file);
      }
      String token = Files.readString(file).strip();
      if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 127)) {
        throw GraException.of("TOKEN_FILE_BAD", "the token file " + file + " holds no token", null);
      }
      return token;
    } catch (IOException | UnsupportedOperationException e) {
      throw GraException.of(
          "TOKEN_FILE_UNREADABLE",
          "the token file " + file + " can't be read (" + e.getClass().getSimpleName() + ")",
          "gractl doctor",
          e);
    }
  }

  private TokenFile() {}
}
