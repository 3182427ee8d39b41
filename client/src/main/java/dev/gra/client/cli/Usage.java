package dev.gra.client.cli;

import dev.gra.client.GraException;

/** Wrong usage: exit code 2. */
public final class Usage {
  static final String REASON = "USAGE";

  /** A command line that makes no sense. */
  public static GraException error(String message, String hint) {
    return GraException.of(REASON, message, hint);
  }

  /** The exit code for a failure. */
  public static int exitCode(GraException failure) {
    return failure.reason().equals(REASON) ? ExitCodes.USAGE : ExitCodes.FAILED;
  }

  private Usage() {}
}
