package dev.gra.runnerd.log;

import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Lines on stderr: time, level, text. No logging framework, whose start alone would cost a good
 * part of the time in which runnerd has to be ready.
 */
public final class Log {
  private static final PrintStream OUT = System.err;

  /** Something worth knowing. */
  public static void info(String text) {
    line("INFO ", text);
  }

  /** Something that isn't as it should be. */
  public static void warn(String text) {
    line("WARN ", text);
  }

  /** Something that isn't as it should be, with its cause in full: a defect of runnerd itself. */
  public static void error(String text, Throwable cause) {
    synchronized (OUT) {
      line("ERROR", text);
      cause.printStackTrace(OUT);
    }
  }

  private static void line(String level, String text) {
    OUT.println(
        Instant.now().truncatedTo(ChronoUnit.MILLIS)
            + " "
            + level
            + " "
            + text.replaceAll("\\p{Cntrl}", " "));
  }

  private Log() {}
}
