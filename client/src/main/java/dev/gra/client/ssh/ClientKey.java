package dev.gra.client.ssh;

import dev.gra.client.GraException;
import dev.gra.client.RandomIds;
import dev.gra.client.local.Commands;
import dev.gra.client.local.GraHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The key by which this client logs in to one runner.
 *
 * @param text the public part, as authorized_keys has it
 */
public record ClientKey(String text) {
  /** Reads it, or makes it. */
  public static ClientKey of(SshHost host) throws IOException {
    Path key = host.key();
    Path publicKey = key.resolveSibling(key.getFileName() + ".pub");
    if (!Files.exists(publicKey)) {
      make(key);
    }
    return new ClientKey(Files.readString(publicKey).strip());
  }

  // As a directory it comes with both its parts, and of two that come at once the first one stays.
  private static void make(Path key) throws IOException {
    Path directory = key.getParent();
    GraHome.privateDirectory(directory.getParent());
    Path partial = directory.resolveSibling(RandomIds.next() + ".partial");
    GraHome.privateDirectory(partial);
    try {
      generate(partial.resolve(key.getFileName()));
      Files.move(partial, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.exists(key)) {
        throw e;
      }
    } finally {
      Commands.deleteTree(partial);
    }
  }

  private static void generate(Path file) throws IOException {
    try {
      Commands.run(
          List.of(
              "ssh-keygen",
              "-q",
              "-t",
              "ed25519",
              "-N",
              "",
              "-C",
              "gractl",
              "-f",
              file.toString()));
    } catch (IOException e) {
      throw GraException.of(
          "SSH_MISSING",
          "ssh-keygen can't make a key: " + e.getMessage(),
          "apt-get install openssh-client",
          e);
    }
  }

  /** A file's name that only this key has. */
  public String fileName() {
    return text.split(" ", -1)[1].replace('/', '_');
  }
}
