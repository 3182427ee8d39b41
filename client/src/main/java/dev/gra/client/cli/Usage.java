package dev.gra.client.cli;

import dev.gra.client.GraException;
import io.grpc.Status;

/** Wrong usage: exit code 2. */
public final class Usage {
  static final String REASON = "USAGE";

  /** A command line that makes no sense. */
  public static GraException error(String message, String hint) {
    return GraException.of(REASON, message, hint);
  }

  /** The exit code for a failure. */
  public static int exitCode(GraException failure) {
    if (Interruption.ENDINGS.containsKey(failure.reason())) {
      return Interruption.ENDINGS.get(failure.reason());
    }
    boolean wrong =
        failure.reason().equals(REASON) || failure.code() == Status.Code.INVALID_ARGUMENT;
    return wrong ? ExitCodes.USAGE : ExitCodes.FAILED;
  }

  private Usage() {}
}
