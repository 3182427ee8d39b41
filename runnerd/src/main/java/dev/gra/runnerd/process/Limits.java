package dev.gra.runnerd.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.OptionalLong;

/**
 * Resource limits: of commands, which inherit them, and as the mark by which a process tree is
 * told.
 */
final class Limits {
  private static final int NOFILE = 7;
  private static final int RTTIME = 15;
  private static final int SELF = 0;
  private static final long MARK_BASE = 1L << 40;

  private static final MemorySegment PRLIMIT = Native.function("prlimit64");

  private Limits() {}

  /** A limit's two values. */
  record Limit(long soft, long hard) {
    Limit withSoft(long value) {
      return new Limit(value, hard);
    }
  }

  static Limit openFiles() throws ErrnoException {
    return get(SELF, NOFILE);
  }

  static void openFiles(Limit limit) throws ErrnoException {
    set(NOFILE, limit);
  }

  static Limit realTime() throws ErrnoException {
    return get(SELF, RTTIME);
  }

  static void realTime(Limit limit) throws ErrnoException {
    set(RTTIME, limit);
  }

  static long realTimeOfMark(long mark) {
    return MARK_BASE + mark;
  }

  /** The mark that a process inherited, if it has one and isn't another user's. */
  static OptionalLong mark(int pid) {
    try {
      long soft = get(pid, RTTIME).soft();
      return soft >= MARK_BASE && soft < MARK_BASE + Spawner.MARK_LIMIT
          ? OptionalLong.of(soft - MARK_BASE)
          : OptionalLong.empty();
    } catch (ErrnoException endedOrForeign) {
      return OptionalLong.empty();
    }
  }

  private static Limit get(int pid, int resource) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limit = arena.allocate(16, 8);
      Errno.check("prlimit", Native.callInt(PRLIMIT, pid, resource, 0, limit.address()));
      return new Limit(limit.get(ValueLayout.JAVA_LONG, 0), limit.get(ValueLayout.JAVA_LONG, 8));
    }
  }

  private static void set(int resource, Limit limit) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(16, 8);
      memory.set(ValueLayout.JAVA_LONG, 0, limit.soft());
      memory.set(ValueLayout.JAVA_LONG, 8, limit.hard());
      Errno.check("prlimit", Native.callInt(PRLIMIT, SELF, resource, memory.address(), 0));
    }
  }
}
