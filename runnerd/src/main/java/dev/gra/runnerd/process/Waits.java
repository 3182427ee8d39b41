package dev.gra.runnerd.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks the kernel how one of our own children ended. Never about any child: that would steal
 * another's ending.
 */
final class Waits {
  private static final int P_PID = 1;
  private static final int NO_HANG = 1;
  private static final int EXITED = 4;
  private static final int NO_REAP = 0x01000000;

  private static final int CODE_EXITED = 1;
  private static final int CODE_DUMPED = 3;

  private static final long INFO_SIZE = 128;
  private static final long INFO_CODE = 8;
  private static final long INFO_PID = 16;
  private static final long INFO_STATUS = 24;
  private static final long USAGE_SIZE = 144;

  private Waits() {}

  /** How it ended; it stays a zombie. */
  static Optional<Exit> peek(int pid) throws ErrnoException {
    return wait(pid, EXITED | NO_HANG | NO_REAP);
  }

  /** How it ended; its pid is free from now on. */
  static Optional<Exit> reap(int pid) throws ErrnoException {
    return wait(pid, EXITED | NO_HANG);
  }

  /** Whether it was dead and is reaped now, or is no child of ours at all. */
  static boolean reapOrphan(int pid) {
    try {
      return reap(pid).isPresent();
    } catch (ErrnoException noChild) {
      return true;
    }
  }

  private static Optional<Exit> wait(int pid, int options) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(INFO_SIZE, 8);
      MemorySegment usage = arena.allocate(USAGE_SIZE, 8);
      Errno.check("waitid", Syscall.waitid(P_PID, pid, info, options, usage));
      // With NO_HANG the pid is 0 as long as the child lives.
      return info.get(ValueLayout.JAVA_INT, INFO_PID) == 0
          ? Optional.empty()
          : Optional.of(exit(info, cpu(usage)));
    }
  }

  private static Exit exit(MemorySegment info, Duration cpu) {
    int status = info.get(ValueLayout.JAVA_INT, INFO_STATUS);
    int code = info.get(ValueLayout.JAVA_INT, INFO_CODE);
    return code == CODE_EXITED
        ? new Exit.Exited(status, cpu)
        : new Exit.Signalled(status, code == CODE_DUMPED, cpu);
  }

  /** User and system time: two struct timeval at the beginning of struct rusage. */
  private static Duration cpu(MemorySegment usage) {
    long seconds = usage.get(ValueLayout.JAVA_LONG, 0) + usage.get(ValueLayout.JAVA_LONG, 16);
    long micros = usage.get(ValueLayout.JAVA_LONG, 8) + usage.get(ValueLayout.JAVA_LONG, 24);
    return Duration.ofSeconds(seconds, micros * 1000);
  }
}
