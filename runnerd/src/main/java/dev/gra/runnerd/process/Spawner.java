package dev.gra.runnerd.process;

/** Starts commands. */
public final class Spawner {
  /** Marks are below this. */
  public static final long MARK_LIMIT = 1L << 39;

  /**
   * Starts a command as leader of a new session, with default signal dispositions, no signal
   * blocked and no descriptor but 0, 1 and 2. A file without magic number and #! line is run by
   * /bin/sh. To be called on the reactor's thread, where the {@link ProcessTree} of its children is
   * kept.
   *
   * @param mark a random number from 0 to {@link #MARK_LIMIT}, by which its whole process tree can
   *     be told, also after a restart of this program: it is inherited as soft limit RTTIME, which
   *     means nothing to a process without real-time scheduling
   */
  public Child spawn(Command command, long mark) throws SpawnException {
    throw new SpawnException(SpawnException.Reason.NO_RESOURCES, "not there yet " + command + mark);
  }
}
