package dev.gra.runnerd.exec;

import dev.gra.runnerd.process.Command;
import dev.gra.runnerd.process.Spawner;
import dev.gra.v1.Start;
import java.io.IOException;

/**
 * What an exec needs to live.
 *
 * @param start what was asked for
 * @param stdinWindow how much stdin it takes beyond what its command has consumed, in bytes; 0 for
 *     none
 * @param mark the mark of its processes
 * @param command makes the command, writing its script
 * @param spawner starts it
 * @param run what all runs share
 * @param whenEnded told once, before the exec's clients are
 */
record LifeContext(
    Start start,
    long stdinWindow,
    long mark,
    CommandSource command,
    Spawner spawner,
    RunContext run,
    EndListener whenEnded) {
  /** Where the command comes from. */
  interface CommandSource {
    Command command() throws IOException;
  }

  /** Told of an ending. */
  interface EndListener {
    void ended(Exec exec, dev.gra.v1.Ended ended);
  }
}
