package dev.gra.client.ssh;

import dev.gra.client.GraException;
import dev.gra.client.local.GraHome;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * A runner as ssh knows it: {@code gra.RUNNER}, with a directory for its key and known host.
 *
 * @param home where state is kept
 * @param runner the runner's name
 */
public record SshHost(GraHome home, String runner) {
  /** What ssh's names of runners begin with. */
  public static final String PREFIX = "gra.";

  private static final Pattern RUNNER = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  public SshHost {
    // It becomes a part of paths, and of ssh's command line.
    if (!RUNNER.matcher(runner).matches()) {
      throw GraException.of(
          "BAD_RUNNER_NAME", "'" + runner + "' is no runner's name", "gractl runners list");
    }
  }

  /** By the name that ssh has. */
  public static SshHost named(GraHome home, String name) {
    return new SshHost(home, name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name);
  }

  /** What ssh calls it. */
  public String name() {
    return PREFIX + runner;
  }

  /** All of them. */
  static Path directory(GraHome home) {
    return home.root().resolve("client").resolve("ssh");
  }

  Path directory() {
    return directory(home).resolve(name());
  }

  Path knownHosts() {
    return directory().resolve(SshOptions.KNOWN_HOSTS);
  }

  Path key() {
    return directory().resolve(SshOptions.KEY);
  }
}
