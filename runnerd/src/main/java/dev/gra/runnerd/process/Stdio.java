package dev.gra.runnerd.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Both ends of a command's three standard streams while it is being spawned. */
final class Stdio implements AutoCloseable {
  private static final int NONE = -1;
  private static final int STDOUT_PIPE_BYTES = 256 << 10;
  private static final int READ_ONLY = 0;

  private int ownStdin = NONE;
  private int ownStdout = NONE;
  private int ownStderr = NONE;
  private int childStdin = NONE;
  private int childStdout = NONE;
  private int childStderr = NONE;

  private Stdio() {}

  static Stdio open(boolean stdin) throws ErrnoException {
    Stdio stdio = new Stdio();
    try {
      stdio.openStdin(stdin);
      stdio.openOutputs();
      return stdio;
    } catch (ErrnoException e) {
      stdio.close();
      throw e;
    }
  }

  int childStdin() {
    return childStdin;
  }

  int childStdout() {
    return childStdout;
  }

  int childStderr() {
    return childStderr;
  }

  /** The child with our ends, which {@link #close} leaves open from now on. */
  Child handOver(int pid, int pidfd, long mark, String execId) {
    Child child = new Child(pid, pidfd, ownStdin, ownStdout, ownStderr, mark, execId);
    ownStdin = NONE;
    ownStdout = NONE;
    ownStderr = NONE;
    return child;
  }

  @Override
  public void close() {
    for (int fd :
        new int[] {ownStdin, ownStdout, ownStderr, childStdin, childStdout, childStderr}) {
      if (fd != NONE) {
        Fds.close(fd);
      }
    }
  }

  private void openStdin(boolean piped) throws ErrnoException {
    if (piped) {
      Fds.Pipe pipe = Fds.pipe();
      childStdin = pipe.readEnd();
      ownStdin = pipe.writeEnd();
      Fds.makeNonblocking(ownStdin);
    } else {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment path = arena.allocateFrom("/dev/null");
        childStdin = Errno.check("open /dev/null", Fds.open(path, READ_ONLY));
      }
    }
  }

  private void openOutputs() throws ErrnoException {
    Fds.Pipe stdout = Fds.pipe();
    ownStdout = stdout.readEnd();
    childStdout = stdout.writeEnd();
    Fds.Pipe stderr = Fds.pipe();
    ownStderr = stderr.readEnd();
    childStderr = stderr.writeEnd();
    Fds.makeNonblocking(ownStdout);
    Fds.makeNonblocking(ownStderr);
    Fds.resizePipe(ownStdout, STDOUT_PIPE_BYTES);
  }
}
