package dev.gra.runnerd.process;

import dev.gra.runnerd.process.Limits.Limit;

/**
 * Runs a spawn with the limits that the command shall inherit. Limits belong to the whole process,
 * so for these microseconds other threads are under them, too: RTTIME means nothing without
 * real-time scheduling; and a descriptor beyond the limit that this program was started with can't
 * be opened.
 */
final class InheritedLimits {
  private final Limit openFiles;
  private final Limit openFilesOfCommands;
  private final Limit realTime;

  private InheritedLimits(Limit openFiles, Limit openFilesOfCommands, Limit realTime) {
    this.openFiles = openFiles;
    this.openFilesOfCommands = openFilesOfCommands;
    this.realTime = realTime;
  }

  /** Commands inherit what this program has now; it allows itself as many descriptors as it may. */
  static InheritedLimits raiseOwn() throws ErrnoException {
    Limit given = Limits.openFiles();
    Limit raised = given.withSoft(given.hard());
    Limits.openFiles(raised);
    return new InheritedLimits(raised, given, Limits.realTime());
  }

  /** Something that returns 0 or an errno. */
  interface Call {
    int run();
  }

  /** One spawn at a time, or one would get another's mark. */
  synchronized int around(long mark, Call spawn) throws ErrnoException {
    Limits.realTime(realTime.withSoft(Limits.realTimeOfMark(mark)));
    try {
      Limits.openFiles(openFilesOfCommands);
      return spawn.run();
    } finally {
      Limits.openFiles(openFiles);
      Limits.realTime(realTime);
    }
  }
}
