package dev.gra.runnerd.process;

import java.util.Optional;

/**
 * A started command's main process, leader of a session and process group of its own. Its
 * descriptors are the caller's to watch and close. Not thread-safe: it belongs to the reactor's
 * thread.
 */
public final class Child {
  private final int pid;
  private final int pidfd;
  private final int stdin;
  private final int stdout;
  private final int stderr;
  private final long mark;
  private final String execId;
  private boolean reaped;

  Child(int pid, int pidfd, int stdin, int stdout, int stderr, long mark, String execId) {
    this.pid = pid;
    this.pidfd = pidfd;
    this.stdin = stdin;
    this.stdout = stdout;
    this.stderr = stderr;
    this.mark = mark;
    this.execId = execId;
  }

  /** Process id, which is its process group and session, too. */
  public int pid() {
    return pid;
  }

  /** Becomes readable when the process has ended; stays valid after {@link #reap}. */
  public int pidfd() {
    return pidfd;
  }

  /** Our end of its stdin, O_NONBLOCK; -1 if that is /dev/null. */
  public int stdin() {
    return stdin;
  }

  /** Our end of its stdout, O_NONBLOCK. */
  public int stdout() {
    return stdout;
  }

  /** Our end of its stderr, O_NONBLOCK. */
  public int stderr() {
    return stderr;
  }

  /** The mark that it was started with. */
  public long mark() {
    return mark;
  }

  /** Its GRA_EXEC_ID, or "". */
  String execId() {
    return execId;
  }

  /** How it ended, if it has, without reaping it: its process group can still be signalled. */
  public Optional<Exit> exit() throws ErrnoException {
    return reaped ? Optional.empty() : Waits.peek(pid);
  }

  /**
   * How it ended, if it has, and forgets it: from now on its pid may be another's. Empty when
   * called again.
   */
  public Optional<Exit> reap() throws ErrnoException {
    if (reaped) {
      return Optional.empty();
    }
    Optional<Exit> exit = Waits.reap(pid);
    reaped = exit.isPresent();
    return exit;
  }

  /** Whether {@link #reap} has told how it ended. */
  public boolean isReaped() {
    return reaped;
  }

  /**
   * Signals its process group, which has the ended but not yet reaped leader in it, too.
   *
   * @return false if it was reaped, or if nobody in it may be signalled
   */
  public boolean signalGroup(int signal) {
    // Once it is reaped, the group's number may be another's.
    return !reaped && Signals.kill(-pid, signal);
  }
}
