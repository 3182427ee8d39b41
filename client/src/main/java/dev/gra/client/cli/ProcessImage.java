package dev.gra.client.cli;

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

/** The program that this process runs. */
final class ProcessImage {
  private ProcessImage() {}

  /** Its words, byte for byte as characters of ISO 8859-1. */
  static List<String> commandLine() throws IOException {
    byte[] all = Files.readAllBytes(Path.of("/proc/self/cmdline"));
    String text = new String(all, StandardCharsets.ISO_8859_1);
    List<String> words = new ArrayList<>(List.of(text.split("\0", -1)));
    words.removeLast();
    return words;
  }

  /**
   * Becomes another program. Doesn't return: the process' pid, descriptors and signals are the new
   * program's.
   *
   * @param arguments with the program's own name before them, as characters of ISO 8859-1
   */
  static void become(String program, List<String> arguments) throws IOException {
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
