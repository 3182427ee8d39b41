package dev.gra.runnerd.spool;

import java.io.IOException;

/**
 * Output could not be kept: the disk is full, or fails. The command's ending is then "output
 * limit".
 */
public final class SpoolFailure extends Exception {
  private static final long serialVersionUID = 1;

  SpoolFailure(IOException cause) {
    super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
  }
}
