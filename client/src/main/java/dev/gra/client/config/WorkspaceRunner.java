package dev.gra.client.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.CRC32C;

/** The name of the runner that belongs to a directory: the same name from anywhere in its tree. */
public final class WorkspaceRunner {
  private static final int MAX_NAME = 63;
  private static final int HASH_DIGITS = 8;

  /** The root of the workspace: the nearest directory with .gractl.toml or .git, else this one. */
  public static Path root(Path directory) {
    for (Path at = directory.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve(Settings.WORKSPACE_FILE)) || Files.exists(at.resolve(".git"))) {
        return at;
      }
    }
    return directory.toAbsolutePath().normalize();
  }

  /** What was set, or {@code <directory>-<hash of its canonical path>}. */
  public static String name(Settings settings, Path directory) {
    return settings.value(Key.RUNNER).orElseGet(() -> derive(root(directory)));
  }

  /** {@code <directory>-<hash of its canonical path>}. */
  public static String derive(Path root) {
    Path canonical = canonical(root);
    Path last = canonical.getFileName();
    String word = last == null ? "root" : last.toString().toLowerCase(Locale.ROOT);
    String clean = word.replaceAll("[^a-z0-9]+", "-").replaceAll("^[^a-z]+|-+$", "");
    int most = MAX_NAME - HASH_DIGITS - 1;
    String stem =
        clean.isEmpty() ? "workspace" : clean.substring(0, Math.min(most, clean.length()));
    return stem.replaceAll("-+$", "") + "-" + hash(canonical.toString());
  }

  private static Path canonical(Path root) {
    try {
      return root.toRealPath();
    } catch (IOException e) {
      // It has gone, or can't be looked at: its name is all that is known.
      return root;
    }
  }

  // To tell directories of one name apart; a security provider for that would cost start-up time.
  private static String hash(String path) {
    CRC32C crc = new CRC32C();
    crc.update(path.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  private WorkspaceRunner() {}
}
