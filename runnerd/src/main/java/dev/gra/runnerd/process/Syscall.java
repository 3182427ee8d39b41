package dev.gra.runnerd.process;

import java.lang.foreign.MemorySegment;

/**
 * System calls for which the C libraries that we run on have no function, or one that tells less.
 */
final class Syscall {
  private static final long WAITID = System.getProperty("os.arch").equals("amd64") ? 247 : 95;
  private static final long PIDFD_SEND_SIGNAL = 424;
  private static final long PIDFD_OPEN = 434;

  private static final MemorySegment GETPID = Native.function("getpid");
  private static final MemorySegment SYSCALL = Native.function("syscall");

  private Syscall() {}

  static int getpid() {
    return Native.callInt(GETPID, 0);
  }

  /** A descriptor (O_CLOEXEC) or -errno. */
  static int pidfdOpen(int pid) {
    return (int) Native.call(SYSCALL, PIDFD_OPEN, pid, 0, 0);
  }

  /** 0 or -errno. */
  static int pidfdSendSignal(int pidfd, int signal) {
    return (int) Native.call(SYSCALL, PIDFD_SEND_SIGNAL, pidfd, signal, 0, 0, 0);
  }

  /** 0 or -errno. The C library's waitid has no resource usage. */
  static int waitid(int idType, int id, MemorySegment info, int options, MemorySegment usage) {
    return (int) Native.call(SYSCALL, WAITID, idType, id, info.address(), options, usage.address());
  }
}
