package dev.gra.runnerd.process;

import java.util.Objects;

/** The command was not started; nothing is left of the attempt. */
public final class SpawnException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  SpawnException(Reason reason, String message) {
    super(Objects.requireNonNull(message));
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }

  /** Why a command was not started. */
  public enum Reason {
    /** No such program, by its path or on PATH. */
    NOT_FOUND,
    /**
     * There is such a file, but it is no program, may not be executed, or its interpreter isn't
     * there.
     */
    NOT_EXECUTABLE,
    /** The working directory isn't there, is no directory, or may not be entered. */
    BAD_CWD,
    /** Arguments and environment are more than the kernel takes. */
    TOO_LONG,
    /** Out of processes, descriptors or memory. */
    NO_RESOURCES
  }
}
