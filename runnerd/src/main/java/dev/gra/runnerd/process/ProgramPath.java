package dev.gra.runnerd.process;

import dev.gra.runnerd.process.SpawnException.Reason;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Finds a command's program as execvp does, but on the PATH of the command's own environment. */
final class ProgramPath {
  private static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

  private ProgramPath() {}

  /**
   * The program's path.
   *
   * @param directory the working directory's descriptor, from which relative paths count
   */
  static MemorySegment resolve(Arena arena, int directory, Command command) throws SpawnException {
    String program = command.argv().getFirst();
    if (program.indexOf('/') >= 0) {
      MemorySegment path = arena.allocateFrom(program);
      int errno = FileStatus.executable(directory, path);
      if (errno != 0) {
        throw failure(program, errno);
      }
      return path;
    }
    return search(arena, directory, program, command.env().getOrDefault("PATH", DEFAULT_PATH));
  }

  private static MemorySegment search(Arena arena, int directory, String program, String searchPath)
      throws SpawnException {
    int worst = Errno.ENOENT;
    if (program.isEmpty()) {
      throw failure(program, worst);
    }
    for (String entry : searchPath.split(":", -1)) {
      MemorySegment path = arena.allocateFrom((entry.isEmpty() ? "." : entry) + "/" + program);
      int errno = FileStatus.executable(directory, path);
      if (errno == 0) {
        return path;
      }
      if (errno == Errno.EACCES) {
        worst = errno;
      }
    }
    throw failure(program, worst);
  }

  private static SpawnException failure(String program, int errno) {
    return switch (errno) {
      case Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP, Errno.ENAMETOOLONG ->
          new SpawnException(Reason.NOT_FOUND, quote(program) + " is not found");
      default ->
          new SpawnException(
              Reason.NOT_EXECUTABLE,
              quote(program) + " can't be executed: " + Errno.message(errno));
    };
  }

  /** A program's name for a message: one line, not without end. */
  static String quote(String program) {
    String printable =
        program
            .codePoints()
            .limit(200)
            .map(c -> Character.isISOControl(c) ? '?' : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return "'" + printable + "'";
  }
}
