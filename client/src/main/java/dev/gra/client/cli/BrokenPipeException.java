package dev.gra.client.cli;

import java.io.IOException;

/** Who reads our stdout wants no more of it: no news, and no failure of ours. */
final class BrokenPipeException extends IOException {
  private static final long serialVersionUID = 1;

  BrokenPipeException(IOException cause) {
    super(cause.getMessage(), cause);
  }

  /** What a write to a pipe failed with, told apart from a full disk. */
  static IOException of(IOException e) {
    String why = String.valueOf(e.getMessage());
    return why.contains("Broken pipe") ? new BrokenPipeException(e) : e;
  }
}
