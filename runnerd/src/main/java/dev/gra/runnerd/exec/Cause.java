package dev.gra.runnerd.exec;

import dev.gra.v1.Cancelled;
import dev.gra.v1.Ending;
import dev.gra.v1.OutputLimit;
import dev.gra.v1.StdinLost;
import dev.gra.v1.TimedOut;
import java.time.Duration;

/** Why runnerd ends a command. */
sealed interface Cause {
  /** How the exec ends by it. */
  Ending ending();

  /** Its time is up. */
  record Timeout(Duration after) implements Cause {
    @Override
    public Ending ending() {
      return Ending.newBuilder()
          .setTimedOut(TimedOut.newBuilder().setAfter(Times.duration(after)))
          .build();
    }
  }

  /** Somebody wants it. */
  record Cancel(String by) implements Cause {
    static final int BY_CHARACTERS = 200;

    public Cancel {
      by = Launch.cut(by, BY_CHARACTERS);
    }

    @Override
    public Ending ending() {
      return Ending.newBuilder().setCancelled(Cancelled.newBuilder().setBy(by)).build();
    }
  }

  /** Its output can't be kept. */
  record NoRoom(String why) implements Cause {
    public NoRoom {
      why = Launch.cut(why, Cancel.BY_CHARACTERS);
    }

    @Override
    public Ending ending() {
      return Ending.newBuilder().setOutputLimit(OutputLimit.newBuilder().setWhy(why)).build();
    }
  }

  /** Who fed its stdin didn't come back. */
  record SourceLost() implements Cause {
    @Override
    public Ending ending() {
      return Ending.newBuilder().setStdinLost(StdinLost.getDefaultInstance()).build();
    }
  }
}
