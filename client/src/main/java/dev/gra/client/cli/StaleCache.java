package dev.gra.client.cli;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
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
      List<String> command = new ArrayList<>();
      byte[] all = Files.readAllBytes(Path.of("/proc/self/cmdline"));
      for (String each : new String(all, StandardCharsets.ISO_8859_1).split("\0", -1)) {
        command.add(each);
      }
      command.removeLast();
      if (command.removeIf(each -> each.startsWith(OPTION))) {
        exec(Path.of(System.getProperty("java.home"), "bin", "java").toString(), command);
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

  /** Doesn't return: the process' pid, descriptors and signals are the new program's. */
  private static void exec(String program, List<String> arguments) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Linker linker = Linker.nativeLinker();
      MemorySegment argv = arena.allocate(ValueLayout.ADDRESS, arguments.size() + 1L);
      for (int i = 0; i < arguments.size(); i++) {
        argv.setAtIndex(ValueLayout.ADDRESS, i, text(arena, arguments.get(i)));
      }
      var execv =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("execv"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
      int failed = (int) execv.invokeExact(text(arena, program), argv);
      throw new IOException("execv of " + program + ": " + failed);
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException(e);
    }
  }

  /** Byte for byte: arguments are whatever their sender had. */
  private static MemorySegment text(Arena arena, String text) {
    return arena.allocateFrom(text, StandardCharsets.ISO_8859_1);
  }
}
