package dev.gra.runnerd.process;

import java.lang.foreign.MemorySegment;

/** Signal numbers, the same on x86-64 and AArch64, and their sending. */
public final class Signals {
  /** Interrupt from the keyboard. */
  public static final int INT = 2;

  /** Ends a process, which can't do anything about it. */
  public static final int KILL = 9;

  /** Asks a process to end. */
  public static final int TERM = 15;

  /** Lets a stopped process go on; a stopped one sees TERM only then. */
  public static final int CONT = 18;

  private static final MemorySegment KILL_FUNCTION = Native.function("kill");

  private Signals() {}

  /** Whether there was someone to signal who may be signalled. */
  static boolean kill(int pid, int signal) {
    return Native.callInt(KILL_FUNCTION, pid, signal, 0, 0) == 0;
  }
}
