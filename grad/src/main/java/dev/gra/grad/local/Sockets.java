package dev.gra.grad.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * Paths by which runnerds' sockets are reached. A socket lives in its runner's directory, so that
 * nothing tidies it away and nothing is left when the directory goes. Where that path is longer
 * than a socket's address may be, a short symbolic link stands for the directory; it holds nothing,
 * and is made again whenever it is missing.
 */
final class Sockets implements AutoCloseable {
  /** sockaddr_un has 108 bytes, of which the JDK uses 106. */
  private static final int MAX_PATH = 106;

  private static final int MAX_BASE = 50;
  private static final int HASH_BYTES = 8;

  private final Path links;

  private Sockets(Path links) {
    this.links = links;
  }

  static Sockets of(Path stateDirectory, Map<String, String> environment) throws IOException {
    var hash = hash(stateDirectory.toString());
    var name = "gra-" + OwnerOnly.currentUid() + "-" + hash;
    return new Sockets(base(environment).resolve(name));
  }

  private static Path base(Map<String, String> environment) {
    return Optional.ofNullable(environment.get("XDG_RUNTIME_DIR"))
        .map(Path::of)
        .filter(path -> path.isAbsolute() && Files.isWritable(path) && length(path) <= MAX_BASE)
        .orElse(Path.of("/tmp"));
  }

  /** Where the short links are, if there are any. */
  Path links() {
    return links;
  }

  /**
   * A path to the runner's socket that fits into a socket's address, whether or not the socket is
   * there.
   */
  Path reach(RunnerDirectory runner) throws IOException {
    var socket = runner.socket();
    if (length(socket) <= MAX_PATH) {
      return socket;
    }
    OwnerOnly.make(links);
    var link = link(runner);
    if (!Files.isSymbolicLink(link)) {
      Files.createSymbolicLink(link, runner.link());
    }
    return link.resolve(socket.getFileName());
  }

  /** Forgets the runner; the directory goes with the last. */
  void forget(RunnerDirectory runner) throws IOException {
    if (Files.deleteIfExists(link(runner))) {
      close();
    }
  }

  private Path link(RunnerDirectory runner) {
    return links.resolve(hash(runner.uid().value()));
  }

  private static int length(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  private static String hash(String text) {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Leaves links that are in use: their runners live on. */
  @Override
  public void close() throws IOException {
    if (!Files.isDirectory(links, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (var left = Files.newDirectoryStream(links)) {
      if (left.iterator().hasNext()) {
        return;
      }
    }
    Files.deleteIfExists(links);
  }
}
