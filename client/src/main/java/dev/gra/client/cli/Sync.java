package dev.gra.client.cli;

import dev.gra.client.GraException;
import dev.gra.client.RemoteExec;
import dev.gra.client.Runners;
import dev.gra.client.config.WorkspaceRunner;
import dev.gra.client.sync.Direction;
import dev.gra.client.sync.RsyncCommand;
import dev.gra.client.sync.RsyncReport;
import dev.gra.client.sync.RsyncRun;
import dev.gra.v1.Runner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Brings the workspace and its runner's to the same state, and tries again after a cut or with a
 * new runner.
 */
public final class Sync {
  private static final int TRIES = 4;
  private static final List<String> WORTH_ANOTHER_TRY =
      List.of(RsyncRun.CUT, RsyncRun.RUNNER_LOST, "RUNNER_GONE", "RUNNER_NOT_FOUND");

  private final Session session;
  private final String runner;
  private final Path root;

  /** For one run; between the workspace that we are in and a runner. */
  public Sync(Session session, String runner) {
    this.session = session;
    this.runner = runner;
    this.root = WorkspaceRunner.root(session.directory());
    refuseTooMuch();
  }

  // Who is in no workspace is in one that begins where he is: that may be all that he has.
  private void refuseTooMuch() {
    String home = session.environment().getOrDefault("HOME", "/");
    if (root.getParent() == null || root.equals(Path.of(home).toAbsolutePath().normalize())) {
      throw GraException.of(
          "TOO_MUCH",
          "this would sync all of " + root,
          "gractl workspace init DIR, and sync from there");
    }
  }

  /** Before a command: changes go up. Answers the runner that has them. */
  public Runners.Ensured before(Runners.Ensured ensured) {
    run(new RsyncCommand(Direction.UP, false, false));
    Runner now = new RunnerPreparation(session).forExec(runner).runner();
    return new Runners.Ensured(now, ensured.created());
  }

  /**
   * After a command: changes come down, but for what was changed here meanwhile. Answers the exit
   * code: its own, unless it went well and this doesn't.
   */
  public int after(int code) {
    try {
      run(new RsyncCommand(Direction.DOWN, false, true));
      return code;
    } catch (GraException e) {
      // Not thrown: what became of the command is told already, and as JSON only once.
      session.messages().error(session.failed(e), false);
      return code == 0 ? ExitCodes.FAILED : code;
    }
  }

  /** Brings changes up or down. */
  public void run(RsyncCommand command) {
    for (int tries = 1; ; tries++) {
      try {
        once(command);
        return;
      } catch (GraException e) {
        if (!WORTH_ANOTHER_TRY.contains(e.reason()) || tries == TRIES) {
          throw e;
        }
        session.messages().say(e.getMessage() + "; trying again");
        pause(tries);
      } catch (IOException e) {
        throw GraException.of("SYNC_FAILED", "sync: " + e.getMessage(), null, e);
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }
  }

  private static void pause(int tries) {
    try {
      TimeUnit.SECONDS.sleep(tries);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static GraException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return GraException.of("INTERRUPTED", "the sync was interrupted", null, e);
  }

  private void once(RsyncCommand command) throws IOException, InterruptedException {
    Runners.Ensured ensured = new RunnerPreparation(session).forExec(runner);
    SyncRecord record = new SyncRecord(session.home(), runner);
    if (command.direction() == Direction.UP) {
      transfer(command, ensured.runner());
      record.filled(ensured.runner().getUid());
    } else if (ensured.created()) {
      session.messages().say("down: nothing is there yet");
    } else {
      if (command.delete()) {
        record.mustHaveFilled(ensured.runner());
      }
      down(command, ensured.runner());
    }
  }

  // rsync gives the target's root the mode and time of the source's, which may be a volume's.
  private void down(RsyncCommand command, Runner from) throws IOException, InterruptedException {
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(root);
    FileTime time = Files.getLastModifiedTime(root);
    RsyncReport report = null;
    try {
      report = transfer(command, from);
    } finally {
      Files.setPosixFilePermissions(root, mode);
      if (report != null && report.changed() + report.deleted() == 0) {
        Files.getFileAttributeView(root, BasicFileAttributeView.class).setTimes(time, null, null);
      }
    }
  }

  private RsyncReport transfer(RsyncCommand command, Runner with)
      throws IOException, InterruptedException {
    SyncProgress progress = new SyncProgress(session.messages(), command.direction());
    RsyncRun.Watcher watcher =
        new RsyncRun.Watcher() {
          @Override
          public void begins(RemoteExec exec) {
            Signals.handle(() -> exec.cancel("gractl interrupted"));
          }

          @Override
          public void bytes(long count) {
            progress.bytes(count);
          }

          @Override
          public void started(dev.gra.v1.Started started) {
            progress.connected();
          }

          @Override
          public void cut(GraException why) {
            progress.cut(why);
          }
        };
    RsyncReport report = new RsyncRun(session.client(), with, root, watcher).run(command);
    progress.done(report);
    return report;
  }
}
