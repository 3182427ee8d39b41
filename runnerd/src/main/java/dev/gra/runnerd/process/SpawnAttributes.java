package dev.gra.runnerd.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Attributes of every spawn: a session of its own, no signal blocked, all with their default
 * disposition.
 */
final class SpawnAttributes {
  private static final int SETSIGDEF = 0x04;
  private static final int SETSIGMASK = 0x08;
  private static final int SETSID = 0x80;
  private static final long SIGSET_SIZE = 128;
  private static final long SIZE = 512;

  private static final MemorySegment INIT = Native.function("posix_spawnattr_init");
  private static final MemorySegment SET_FLAGS = Native.function("posix_spawnattr_setflags");
  private static final MemorySegment SET_MASK = Native.function("posix_spawnattr_setsigmask");
  private static final MemorySegment SET_DEFAULT = Native.function("posix_spawnattr_setsigdefault");

  private final MemorySegment memory = Arena.ofAuto().allocate(SIZE, 16);

  SpawnAttributes() throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment none = arena.allocate(SIGSET_SIZE, 8);
      MemorySegment all = arena.allocate(SIGSET_SIZE, 8);
      all.fill((byte) 0xFF);
      check("posix_spawnattr_init", Native.callInt(INIT, address()));
      check(
          "posix_spawnattr_setflags",
          Native.callInt(SET_FLAGS, address(), SETSID | SETSIGMASK | SETSIGDEF, 0, 0));
      check(
          "posix_spawnattr_setsigmask", Native.callInt(SET_MASK, address(), none.address(), 0, 0));
      check(
          "posix_spawnattr_setsigdefault",
          Native.callInt(SET_DEFAULT, address(), all.address(), 0, 0));
    }
  }

  long address() {
    return memory.address();
  }

  /** posix_spawn and its helpers return their error number. */
  static void check(String what, int errno) throws ErrnoException {
    Errno.check(what, -errno);
  }
}
