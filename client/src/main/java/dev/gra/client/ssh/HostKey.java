package dev.gra.client.ssh;

import dev.gra.client.GraException;
import dev.gra.client.local.GraHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The key that a runner's sshd shows. It comes by grad, which is why it is believed: for a uid of a
 * runner the first time, and from then on it must stay the same.
 *
 * @param type such as ssh-ed25519
 * @param blob the public key in base64
 */
public record HostKey(String type, String blob) {
  private static final Pattern SAID = Pattern.compile("gra-ssh ([a-z0-9-]+) ([A-Za-z0-9+/=]+)");

  public HostKey {
    if (type.isEmpty() || blob.isEmpty()) {
      throw new IllegalArgumentException("a key has a type and a text");
    }
  }

  /** What serve.sh said, if it is that. */
  public static Optional<HostKey> said(String line) {
    Matcher matcher = SAID.matcher(line);
    return matcher.matches()
        ? Optional.of(new HostKey(matcher.group(1), matcher.group(2)))
        : Optional.empty();
  }

  /**
   * Has ssh know it as the runner's.
   *
   * @param uid the runner's uid, which stands behind the key: a new runner has a new key
   * @throws GraException if the same runner had another key before
   */
  public void learn(SshHost host, String uid) throws IOException {
    String line = host.name() + " " + type + " " + blob + " " + uid + "\n";
    String known = known(host.knownHosts());
    if (known.equals(line)) {
      return;
    }
    if (known.endsWith(" " + uid + "\n")) {
      throw GraException.of(
          "HOST_KEY_CHANGED",
          "runner "
              + host.runner()
              + " has another host key than before: something in it put"
              + " another one into .gra/ssh of its workspace",
          "rm '" + host.knownHosts() + "', if that was you");
    }
    GraHome.privateFile(host.knownHosts(), line);
  }

  private static String known(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      return "";
    }
  }
}
