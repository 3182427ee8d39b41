package dev.gra.runnerd.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What a new process does with its descriptors before it becomes the command. */
final class SpawnActions implements AutoCloseable {
  private static final long SIZE = 512;
  private static final int FIRST_OTHER = 3;

  private static final MemorySegment INIT = Native.function("posix_spawn_file_actions_init");
  private static final MemorySegment DESTROY = Native.function("posix_spawn_file_actions_destroy");
  private static final MemorySegment ADD_DUP2 = Native.function("posix_spawn_file_actions_adddup2");
  private static final MemorySegment ADD_FCHDIR =
      Native.function("posix_spawn_file_actions_addfchdir_np");
  private static final MemorySegment ADD_CLOSE_FROM =
      Native.function("posix_spawn_file_actions_addclosefrom_np");

  private final MemorySegment memory;

  SpawnActions(Arena arena) throws ErrnoException {
    memory = arena.allocate(SIZE, 16);
    SpawnAttributes.check("posix_spawn_file_actions_init", Native.callInt(INIT, address()));
  }

  long address() {
    return memory.address();
  }

  SpawnActions duplicate(int from, int to) throws ErrnoException {
    SpawnAttributes.check("adddup2", Native.callInt(ADD_DUP2, address(), from, to, 0));
    return this;
  }

  SpawnActions enter(int directory) throws ErrnoException {
    SpawnAttributes.check("addfchdir", Native.callInt(ADD_FCHDIR, address(), directory, 0, 0));
    return this;
  }

  SpawnActions closeOthers() throws ErrnoException {
    SpawnAttributes.check(
        "addclosefrom", Native.callInt(ADD_CLOSE_FROM, address(), FIRST_OTHER, 0, 0));
    return this;
  }

  @Override
  public void close() {
    Native.callInt(DESTROY, address());
  }
}
