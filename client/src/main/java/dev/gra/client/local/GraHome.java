package dev.gra.client.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.gra.client.GraException;
import dev.gra.client.RandomIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.UUID;

/**
 * The directory where the local grad and this client keep their state. Each has a grad of its own.
 *
 * @param root absolute
 */
public record GraHome(Path root) {
  public GraHome {
    root = root.toAbsolutePath().normalize();
  }

  /** GRA_HOME, or {@code gra} in the XDG state directory. */
  public static GraHome of(Map<String, String> environment) {
    String own = environment.get("GRA_HOME");
    if (own != null && !own.isBlank()) {
      return new GraHome(Path.of(own));
    }
    String xdg = environment.get("XDG_STATE_HOME");
    String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
    Path base = xdg == null || xdg.isBlank() ? Path.of(home, ".local", "state") : Path.of(xdg);
    return new GraHome(base.resolve("gra"));
  }

  /** Makes it, for its owner only. */
  public GraHome create() {
    try {
      privateDirectory(root);
      return this;
    } catch (IOException e) {
      throw GraException.of(
          "GRA_HOME",
          "the state directory " + root + " can't be made: " + e.getMessage(),
          "GRA_HOME=/another/directory",
          e);
    }
  }

  /** What grad says of itself while it runs. */
  public Path gradFile() {
    return root.resolve("grad.properties");
  }

  /** The client's token. */
  public Path tokenFile() {
    return root.resolve("token");
  }

  /** The tokens that grad accepts, by hash. */
  public Path tokensFile() {
    return root.resolve("tokens.json");
  }

  /** How grad is to be started here. */
  public Path localFile() {
    return root.resolve("local.properties");
  }

  /** Held while grad is started or stopped. */
  public Path startLock() {
    return root.resolve("start.lock");
  }

  /** What grad logs. */
  public Path logFile() {
    return root.resolve("grad.log");
  }

  /** Unpacked programs, by content hash. */
  public Path distributions() {
    return root.resolve("dist");
  }

  /** Follow-up records of execs. */
  public Path execs() {
    return root.resolve("client").resolve("execs");
  }

  /** There if a workspace has taken the runner's name as its own. */
  public Path workspace(String runner) {
    return root.resolve("client").resolve("workspaces").resolve(runner);
  }

  /** What a workspace and a runner have synced; a workspace that moves begins anew. */
  public Path synced(String runner, Path workspace) {
    UUID place = UUID.nameUUIDFromBytes(workspace.toString().getBytes(UTF_8));
    return root.resolve("client").resolve("synced").resolve(runner + "-" + place);
  }

  /** Tokens that kubectl got, which are renewed. */
  public Path clusterTokens() {
    return root.resolve("client").resolve("tokens");
  }

  /** What the ways into clusters say of themselves. */
  public Path tunnels() {
    return root.resolve("tunnels");
  }

  /** Makes a directory that only its owner can look into. */
  public static void privateDirectory(Path directory) throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
  }

  /** Writes a file that only its owner can read, whole or not at all. */
  public static void privateFile(Path file, String text) throws IOException {
    Path partial =
        Files.createFile(
            file.resolveSibling("." + file.getFileName() + "." + RandomIds.next() + ".partial"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(partial, text);
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(partial);
    }
  }
}
