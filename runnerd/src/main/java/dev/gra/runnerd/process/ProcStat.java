package dev.gra.runnerd.process;

import java.util.Optional;

/**
 * What /proc/PID/stat says.
 *
 * @param name the process's name
 * @param state R, S, D, T, Z …
 * @param parent its parent's pid
 * @param group its process group
 * @param session its session
 * @param startTime in clock ticks since boot
 */
record ProcStat(String name, char state, int parent, int group, int session, long startTime) {
  private static final int STATE = 0;
  private static final int PARENT = 1;
  private static final int GROUP = 2;
  private static final int SESSION = 3;
  private static final int START_TIME = 19;

  static Optional<ProcStat> of(ProcFiles files, int pid) {
    return parse(files.readText("/proc/" + pid + "/stat"));
  }

  /** The name stands in parentheses and may have some itself, spaces, too. */
  static Optional<ProcStat> parse(String line) {
    int begin = line.indexOf('(');
    int end = line.lastIndexOf(')');
    if (begin < 0 || end < begin) {
      return Optional.empty();
    }
    String[] fields = line.substring(end + 2).split(" ", START_TIME + 2);
    return Optional.of(
        new ProcStat(
            line.substring(begin + 1, end),
            fields[STATE].charAt(0),
            Integer.parseInt(fields[PARENT]),
            Integer.parseInt(fields[GROUP]),
            Integer.parseInt(fields[SESSION]),
            Long.parseLong(fields[START_TIME])));
  }

  boolean isDead() {
    return state == 'Z' || state == 'X';
  }
}
