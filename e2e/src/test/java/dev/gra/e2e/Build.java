package dev.gra.e2e;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where this build's own things are: never the user's local repository, which could hold an older
 * build.
 */
public final class Build {
  private Build() {}

  /** The source tree. */
  public static Path root() {
    return path("gra.e2e.root");
  }

  /** A Maven repository with the client's shaded jar and the gra-dist archive of this build. */
  public static Path repository() {
    return path("gra.e2e.repository");
  }

  /** The archive of grad and runnerd of this build. */
  public static Path distribution() {
    return repository().resolve("dev/gra/gra-dist/0.1.0/gra-dist-0.1.0-linux-x86_64.tar.gz");
  }

  /** A directory for what tests need across tests, emptied by each build. */
  public static Path work() {
    return path("gra.e2e.work");
  }

  /** A script of the command line, such as {@code gractl.java}. */
  public static Path script(String name) {
    Path script = root().resolve("scripts").resolve(name);
    if (!Files.isRegularFile(script)) {
      throw new IllegalArgumentException("no such script: " + script);
    }
    return script;
  }

  private static Path path(String property) {
    String value = System.getProperty(property);
    if (value == null) {
      throw new IllegalStateException("run by Maven, which sets -D" + property);
    }
    return Path.of(value).toAbsolutePath().normalize();
  }
}
