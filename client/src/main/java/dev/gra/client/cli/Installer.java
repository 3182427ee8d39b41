package dev.gra.client.cli;

import dev.gra.client.GraException;
import dev.gra.client.local.Commands;
import dev.gra.client.local.Version;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Puts a {@code gractl} on PATH that starts without JBang: the jars copied, an AOT cache trained
 * for them, and a sh script of a few lines.
 */
public final class Installer {
  /** What runs faster in a process this short than the defaults. */
  static final List<String> JVM =
      List.of(
          "-XX:+UseSerialGC",
          // The second compiler costs a short run more than it gives; but it alone knows the
          // processor's AES, without which TLS makes 20 MB/s. So it comes ten times later.
          "-XX:Tier4InvocationThreshold=50000",
          "-XX:Tier4MinInvocationThreshold=6000",
          "-XX:Tier4CompileThreshold=150000",
          "-XX:-UsePerfData",
          // gRPC's counters are reflection: a method handle for each takes 15 ms in all.
          "-Djdk.reflect.useNativeAccessorOnly=true",
          // Digits of another locale would have to be looked up, and picocli's converters to times.
          "-Duser.language=en",
          "-Duser.country=US",
          "-Dpicocli.converters.excludes=java[.]time[.].*,java[.]sql[.].*",
          "-Xlog:disable",
          "-Xlog:all=off",
          "--sun-misc-unsafe-memory-access=allow",
          "--enable-native-access=ALL-UNNAMED");

  private final Session session;

  /** For one run. */
  public Installer(Session session) {
    this.session = session;
  }

  /**
   * Installs.
   *
   * @param directory for the launcher; null means ~/.local/bin
   * @param mainClass of the script that runs now
   */
  public Path install(Path directory, String mainClass) {
    Path home =
        Path.of(session.environment().getOrDefault("HOME", System.getProperty("user.home")));
    Path bin =
        directory != null ? directory.toAbsolutePath() : home.resolve(".local").resolve("bin");
    String data = session.environment().get("XDG_DATA_HOME");
    Path base = data == null || data.isBlank() ? home.resolve(".local/share") : Path.of(data);
    Path library = base.resolve("gra").resolve("gractl-" + Version.VERSION);
    try {
      Files.createDirectories(bin);
      Files.createDirectories(library);
      List<Path> jars = copyJars(library);
      Path cache = library.resolve("gractl.aot");
      Files.deleteIfExists(cache);
      try {
        train(jars, mainClass, cache);
      } catch (IOException e) {
        session.messages().say("no AOT cache, gractl starts slower: " + e.getMessage());
      }
      Path launcher = bin.resolve("gractl");
      write(launcher, launcher(jars, mainClass, cache));
      return launcher;
    } catch (IOException e) {
      throw GraException.of("INSTALL_FAILED", "install: " + e.getMessage(), "--dir DIRECTORY", e);
    }
  }

  // The class path of this process is what JBang made: the script's own jar and the client's.
  private static List<Path> copyJars(Path library) throws IOException {
    List<Path> copies = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path jar = Path.of(entry).toAbsolutePath();
      if (!Files.isRegularFile(jar)) {
        throw new IOException("it is not run from jars (" + jar + ")");
      }
      Path copy = library.resolve(jar.getFileName());
      if (!copy.equals(jar)) {
        Path partial = library.resolve(jar.getFileName() + ".partial");
        Files.copy(jar, partial, StandardCopyOption.REPLACE_EXISTING);
        Files.move(partial, copy, StandardCopyOption.ATOMIC_MOVE);
      }
      copies.add(copy);
    }
    return copies;
  }

  private static void train(List<Path> jars, String mainClass, Path cache) throws IOException {
    Path scratch = Files.createTempDirectory("gra-training-");
    List<String> command = Training.command(jars, mainClass, cache, scratch, true);
    try {
      Commands.run(command);
    } finally {
      Commands.deleteTree(scratch);
    }
  }

  private static String launcher(List<Path> jars, String mainClass, Path cache) {
    String flags = String.join(" ", JVM);
    return """
        #!/bin/sh
        # gractl, as `gractl install` made it. Made again by the next install.
        java=%s
        cache=%s
        main=%s
        [ -x "$java" ] || java=${JAVA_HOME:+$JAVA_HOME/bin/}java
        if [ -f "$cache" ] && [ "$cache" -nt "$main" ]; then
          exec "$java" -XX:AOTCache="$cache" %s -cp %s %s "$@"
        fi
        exec "$java" %s -cp %s %s "$@"
        """
        .formatted(
            quote(java()),
            quote(cache.toString()),
            quote(jars.getFirst().toString()),
            flags,
            quote(classPath(jars)),
            mainClass,
            flags,
            quote(classPath(jars)),
            mainClass);
  }

  private static void write(Path launcher, String text) throws IOException {
    Path partial = launcher.resolveSibling(".gractl.partial");
    Files.writeString(partial, text);
    Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.move(partial, launcher, StandardCopyOption.ATOMIC_MOVE);
  }

  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  static String classPath(List<Path> jars) {
    return String.join(File.pathSeparator, jars.stream().map(Path::toString).toList());
  }

  static String quote(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  /** True if the launcher's directory is on PATH. */
  public static boolean onPath(Path launcher, Map<String, String> environment) {
    String path = environment.getOrDefault("PATH", "");
    return List.of(path.split(File.pathSeparator, -1)).contains(launcher.getParent().toString());
  }
}
