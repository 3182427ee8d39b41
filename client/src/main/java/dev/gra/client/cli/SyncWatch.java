package dev.gra.client.cli;

import dev.gra.client.GraException;
import dev.gra.client.sync.WatchedTree;
import java.io.IOException;
import java.time.Duration;

/**
 * Syncs at each change until it is interrupted. No failure ends it once it has begun well: it is
 * said, and tried again.
 */
public final class SyncWatch {
  /** How often to look at what sends no events: the runner. */
  private static final Duration LOOK = Duration.ofSeconds(5);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  private final Sync sync;
  private final SyncWish wish;
  private final Messages messages;
  private String runnerUid = "";

  /** Of this sync. */
  public SyncWatch(Sync sync, SyncWish wish) {
    this.sync = sync;
    this.wish = wish;
    this.messages = sync.session().messages();
  }

  /** Runs until it is interrupted; answers the exit code. */
  public int run(boolean json) {
    try (WatchedTree tree = WatchedTree.of(sync.root())) {
      SyncResult first = sync.run(wish);
      runnerUid = first.runnerUid();
      messages.say("watching " + sync.root() + " until Ctrl-C");
      if (json) {
        Json.print(first.toJson());
      }
      // A signal that came as a sync was about to end well has ended nothing yet.
      while (!sync.interruption().happened()) {
        if (tree.awaitChange(LOOK) || wish.way() != SyncWish.Way.UP || isAnotherRunner()) {
          untilInSync(tree);
        }
      }
      return 0;
    } catch (InterruptedException e) {
      // By Ctrl-C, while nothing was under way.
      return 0;
    } catch (IOException e) {
      throw sync.interruption()
          .instead(GraException.of("CANNOT_WATCH", "watching: " + e.getMessage(), null, e));
    }
  }

  // Made anew, it is empty: of that there is no event here. Where grad can't be asked, a sync will
  // tell.
  private boolean isAnotherRunner() {
    try {
      return !sync.session().runnerUid(sync.runner()).equals(runnerUid);
    } catch (GraException e) {
      return true;
    }
  }

  private void untilInSync(WatchedTree tree) throws IOException, InterruptedException {
    String told = "";
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        SyncProgress progress = sync.progress(wish);
        SyncResult result = sync.once(wish, progress);
        runnerUid = result.runnerUid();
        if (result.didSomething() || !told.isEmpty()) {
          progress.done(result);
        }
        return;
      } catch (GraException e) {
        if (sync.interruption().happened()) {
          throw e;
        }
        if (!e.getMessage().equals(told)) {
          told = e.getMessage();
          messages.say(Messages.line(e) + " Trying on until it works");
        }
      }
      tree.awaitChange(pause);
      pause = pause.multipliedBy(2).compareTo(LOOK) < 0 ? pause.multipliedBy(2) : LOOK;
    }
  }
}
