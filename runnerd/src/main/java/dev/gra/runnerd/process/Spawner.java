package dev.gra.runnerd.process;

import dev.gra.runnerd.process.SpawnException.Reason;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts commands. One for a program, as it keeps the limits that the program was started with for
 * its commands.
 */
public final class Spawner {
  /** Marks are below this. */
  public static final long MARK_LIMIT = 1L << 39;

  private static final String SHELL = "/bin/sh";

  private static final MemorySegment SPAWN = Native.function("posix_spawn");

  private final ProcessTree tree;
  private final SpawnAttributes attributes = new SpawnAttributes();
  private final InheritedLimits limits = InheritedLimits.raiseOwn();

  /**
   * Raises this program's own limit of descriptors as far as it may; commands get the former one.
   *
   * @param tree told of each child, so that it isn't taken for an orphan
   */
  public Spawner(ProcessTree tree) throws ErrnoException {
    this.tree = tree;
  }

  /**
   * Starts a command as leader of a new session, with default signal dispositions, no signal
   * blocked and no descriptor but 0, 1 and 2. A file without magic number and #! line is run by
   * /bin/sh. To be called on the reactor's thread, where the {@link ProcessTree} of its children is
   * kept.
   *
   * @param mark a random number from 0 to {@link #MARK_LIMIT}, by which its whole process tree can
   *     be told, also after a restart of this program: it is inherited as soft limit RTTIME, which
   *     means nothing to a process without real-time scheduling
   */
  public Child spawn(Command command, long mark) throws SpawnException {
    if (mark < 0 || mark >= MARK_LIMIT) {
      throw new IllegalArgumentException("mark out of range: " + mark);
    }
    try (Arena arena = Arena.ofConfined()) {
      int directory = openDirectory(arena, command.cwd());
      try {
        MemorySegment program = ProgramPath.resolve(arena, directory, command);
        return spawn(arena, directory, program, command, mark);
      } finally {
        Fds.close(directory);
      }
    } catch (ErrnoException e) {
      throw new SpawnException(Reason.NO_RESOURCES, e.getMessage());
    }
  }

  private static int openDirectory(Arena arena, String cwd) throws SpawnException {
    MemorySegment path = arena.allocateFrom(cwd);
    int fd = Fds.open(path, Fds.O_PATH);
    int errno = fd < 0 ? -fd : FileStatus.enterable(fd, arena.allocateFrom("."));
    if (errno == 0) {
      return fd;
    }
    if (fd >= 0) {
      Fds.close(fd);
    }
    throw isShortage(errno)
        ? new SpawnException(Reason.NO_RESOURCES, Errno.message(errno))
        : new SpawnException(
            Reason.BAD_CWD,
            "working directory " + ProgramPath.quote(cwd) + ": " + Errno.message(errno));
  }

  private Child spawn(Arena arena, int directory, MemorySegment program, Command command, long mark)
      throws SpawnException, ErrnoException {
    try (Stdio stdio = Stdio.open(command.stdin());
        SpawnActions actions = actions(arena, stdio, directory)) {
      MemorySegment env = strings(arena, environment(command));
      int pid = start(arena, program, command, new Prepared(actions, env, mark));
      int pidfd = Syscall.pidfdOpen(pid);
      if (pidfd < 0) {
        kill(pid);
        throw new ErrnoException("pidfd_open", -pidfd);
      }
      Child child = stdio.handOver(pid, pidfd, mark, command.env().getOrDefault("GRA_EXEC_ID", ""));
      tree.add(child);
      return child;
    }
  }

  private static SpawnActions actions(Arena arena, Stdio stdio, int directory)
      throws ErrnoException {
    return new SpawnActions(arena)
        .duplicate(stdio.childStdin(), 0)
        .duplicate(stdio.childStdout(), 1)
        .duplicate(stdio.childStderr(), 2)
        .enter(directory)
        .closeOthers();
  }

  private record Prepared(SpawnActions actions, MemorySegment env, long mark) {}

  private int start(Arena arena, MemorySegment program, Command command, Prepared prepared)
      throws SpawnException, ErrnoException {
    MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
    int errno = posixSpawn(pid, program, strings(arena, command.argv()), prepared);
    if (errno == Errno.ENOEXEC) {
      List<String> argv = new ArrayList<>(List.of(SHELL, program.getString(0)));
      argv.addAll(command.argv().subList(1, command.argv().size()));
      errno = posixSpawn(pid, arena.allocateFrom(SHELL), strings(arena, argv), prepared);
    }
    if (errno != 0) {
      throw failure(command, errno);
    }
    return pid.get(ValueLayout.JAVA_INT, 0);
  }

  private int posixSpawn(
      MemorySegment pid, MemorySegment program, MemorySegment argv, Prepared prepared)
      throws ErrnoException {
    return limits.around(
        prepared.mark(),
        () ->
            Native.callInt(
                SPAWN,
                pid.address(),
                program.address(),
                prepared.actions().address(),
                attributes.address(),
                argv.address(),
                prepared.env().address()));
  }

  private static SpawnException failure(Command command, int errno) {
    String program = ProgramPath.quote(command.argv().getFirst());
    String cause = Errno.message(errno);
    if (errno == Errno.E2BIG) {
      return new SpawnException(
          Reason.TOO_LONG, "arguments and environment are too long: " + cause);
    }
    if (isShortage(errno)) {
      return new SpawnException(Reason.NO_RESOURCES, cause);
    }
    // The file was there a moment ago, so what isn't found is the interpreter of its #! line.
    return errno == Errno.ENOENT
        ? new SpawnException(
            Reason.NOT_EXECUTABLE, "the interpreter of " + program + " is not found")
        : new SpawnException(Reason.NOT_EXECUTABLE, program + " can't be executed: " + cause);
  }

  private static boolean isShortage(int errno) {
    return switch (errno) {
      case Errno.EAGAIN, Errno.ENOMEM, Errno.EMFILE, Errno.ENFILE -> true;
      default -> false;
    };
  }

  private static void kill(int pid) throws ErrnoException {
    Signals.kill(pid, Signals.KILL);
    while (Waits.reap(pid).isEmpty()) {
      Thread.onSpinWait();
    }
  }

  private static List<String> environment(Command command) {
    return command.env().entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }

  /** A NULL-terminated array of C strings. */
  private static MemorySegment strings(Arena arena, List<String> strings) {
    MemorySegment array = arena.allocate(ValueLayout.ADDRESS, strings.size() + 1L);
    for (int i = 0; i < strings.size(); i++) {
      array.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(strings.get(i)));
    }
    array.setAtIndex(ValueLayout.ADDRESS, strings.size(), MemorySegment.NULL);
    return array;
  }
}
