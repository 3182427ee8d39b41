package dev.gra.client.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What an AOT cache was made of. Java 25 doesn't look whether the jars are still those, and runs
 * the classes that they had: so gractl looks.
 */
public final class StaleCache {
  private static final String OPTION = "-XX:AOTCache=";

  private StaleCache() {}

  /**
   * Begins this program anew without its cache, in this very process, if that isn't of these jars.
   * To be called before anything else.
   */
  public static void leave() {
    String path = System.getProperty(SelfTraining.PROPERTY);
    if (path == null || !Files.exists(Path.of(path)) || fits(Path.of(path))) {
      return;
    }
    try {
      List<String> command = ProcessImage.commandLine();
      if (command.removeIf(each -> each.startsWith(OPTION))) {
        ProcessImage.become(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), command);
      }
    } catch (IOException e) {
      Messages.ofProcess().say("the cache " + path + " is of another gractl: " + e);
    }
  }

  /** Whether the cache was made of the jars that this program has. */
  static boolean fits(Path cache) {
    return fits(cache, false) || fits(cache, true);
  }

  /** The same, and whether its training was by TLS too. */
  static boolean fits(Path cache, boolean byTls) {
    try {
      return Files.readString(madeOf(cache)).equals(fingerprint(jars(), byTls));
    } catch (IOException e) {
      return false;
    }
  }

  /** Where it stands what a cache is made of. */
  static Path madeOf(Path cache) {
    return cache.resolveSibling(cache.getFileName() + ".of");
  }

  static List<Path> jars() {
    List<Path> jars = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      jars.add(Path.of(entry));
    }
    return jars;
  }

  static String fingerprint(List<Path> jars, boolean byTls) {
    StringBuilder text = new StringBuilder();
    for (Path jar : jars) {
      File file = jar.toFile();
      text.append(file.getAbsolutePath()).append(' ').append(file.length());
      text.append(' ').append(file.lastModified()).append('\n');
    }
    return text.append(byTls ? "tls\n" : "").toString();
  }
}
