package dev.gra.client.cli;

import dev.gra.v1.Ending;
import dev.gra.v1.FailedToStart;

/** Exit codes, as coreutils and docker have them. */
public final class ExitCodes {
  /** Wrong usage. */
  public static final int USAGE = 2;

  /** The command's time was up. */
  public static final int TIMED_OUT = 124;

  /** gra failed, or can't know how the command ended. */
  public static final int FAILED = 125;

  /** The command is there and can't be executed. */
  public static final int NOT_EXECUTABLE = 126;

  /** No such command. */
  public static final int NOT_FOUND = 127;

  /** The kernel ended it for want of memory, by SIGKILL. */
  public static final int OUT_OF_MEMORY = 137;

  /** Somebody ended it, by SIGTERM at first. */
  public static final int CANCELLED = 143;

  /** Who reads our stdout wants no more: as of a program that SIGPIPE ended. */
  public static final int BROKEN_PIPE = 141;

  private static final int SIGNAL_BASE = 128;

  /** The code for an ending. */
  public static int of(Ending ending) {
    return switch (ending.getKindCase()) {
      case EXITED -> ending.getExited().getCode();
      case SIGNALLED -> SIGNAL_BASE + ending.getSignalled().getSignal();
      case TIMED_OUT -> TIMED_OUT;
      case OUT_OF_MEMORY -> OUT_OF_MEMORY;
      case CANCELLED -> CANCELLED;
      case FAILED_TO_START -> of(ending.getFailedToStart().getReason());
      case RUNNER_LOST, OUTPUT_LIMIT, STDIN_LOST, KIND_NOT_SET -> FAILED;
    };
  }

  private static int of(FailedToStart.Reason reason) {
    return switch (reason) {
      case REASON_NOT_FOUND -> NOT_FOUND;
      case REASON_NOT_EXECUTABLE -> NOT_EXECUTABLE;
      case REASON_UNSPECIFIED, REASON_BAD_CWD, REASON_TOO_LONG, REASON_NO_RESOURCES, UNRECOGNIZED ->
          FAILED;
    };
  }

  private ExitCodes() {}
}
