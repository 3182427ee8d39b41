package dev.gra.client.cli;

import dev.gra.client.GraException;
import dev.gra.client.Runners;
import dev.gra.client.config.WorkspaceRunner;
import dev.gra.client.sync.Direction;
import dev.gra.client.sync.RsyncCommand;
import dev.gra.client.sync.RsyncCommand.Mode;
import dev.gra.client.sync.RsyncReport;
import dev.gra.client.sync.RsyncRun;
import dev.gra.v1.Runner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashSet;
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
      List.of(
          RsyncRun.CUT,
          RsyncRun.RUNNER_LOST,
          "RUNNER_GONE",
          "RUNNER_NOT_FOUND",
          "EXEC_NOT_FOUND",
          "EXEC_GONE");

  private final Session session;
  private final String runner;
  private final Path root;
  private final Set<String> said = new HashSet<>();
  private Interruption interruption;

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

  Session session() {
    return session;
  }

  String runner() {
    return runner;
  }

  Path root() {
    return root;
  }

  SyncRecord record() {
    return new SyncRecord(session.home(), runner, root);
  }

  /** Ctrl-C and its like are ours from the first call on. */
  Interruption interruption() {
    if (interruption == null) {
      interruption = new Interruption();
    }
    return interruption;
  }

  /** A watch would say it again and again. */
  void sayOnce(String line) {
    if (said.add(line)) {
      session.messages().say(line);
    }
  }

  /** Before a command: changes go up. Answers the runner that has them. */
  public Runners.Ensured before(Runners.Ensured ensured) {
    run(new SyncWish(SyncWish.Way.UP, false, false));
    if (interruption().happened()) {
      // As it was about to end well: the command shall not begin then.
      throw interruption()
          .instead(GraException.of("INTERRUPTED", "the sync was interrupted", null));
    }
    Runner now = new RunnerPreparation(session).forExec(runner).runner();
    return new Runners.Ensured(now, ensured.created());
  }

  /**
   * After a command: changes come down, but for what was changed here meanwhile. Answers the exit
   * code: its own, unless it went well and this doesn't.
   */
  public int after(int code) {
    interruption = null; // The command's signals were its own.
    try {
      run(new SyncWish(SyncWish.Way.DOWN, false, true));
      return code;
    } catch (GraException e) {
      // Not thrown: what became of the command is told already, and as JSON only once.
      session.messages().error(session.failed(e), false);
      return code == 0 ? Usage.exitCode(e) : code;
    }
  }

  /** Syncs, and says how it went. */
  public SyncResult run(SyncWish wish) {
    SyncProgress progress = progress(wish);
    SyncResult result = tried(wish, progress);
    progress.done(result);
    return result;
  }

  SyncProgress progress(SyncWish wish) {
    return new SyncProgress(session.messages(), interruption(), wish.way().text());
  }

  private SyncResult tried(SyncWish wish, SyncProgress progress) {
    for (int tries = 1; ; tries++) {
      try {
        return once(wish, progress);
      } catch (GraException e) {
        if (!worthAnotherTry(e) || tries == TRIES) {
          throw e;
        }
        session.messages().say(e.getMessage() + "; trying again");
        pause(tries);
      }
    }
  }

  private static boolean worthAnotherTry(GraException failure) {
    return WORTH_ANOTHER_TRY.contains(failure.reason());
  }

  private void pause(int seconds) {
    try {
      TimeUnit.SECONDS.sleep(seconds);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private GraException interrupted(Exception e) {
    return interruption()
        .instead(GraException.of("INTERRUPTED", "the sync was interrupted", null, e));
  }

  /** One try. */
  SyncResult once(SyncWish wish, SyncProgress progress) {
    interruption();
    SyncResult result = new SyncResult(wish.way().text());
    try {
      Runners.Ensured ensured = new RunnerPreparation(session).forExec(runner);
      result.with(runner, ensured.runner().getUid(), ensured.created());
      RsyncRun rsync = new RsyncRun(session.client(), ensured.runner(), root, progress);
      switch (wish.way()) {
        case UP -> up(rsync, wish, result, ensured.runner());
        case DOWN -> down(rsync, wish, result, ensured);
        case BOTH -> new SyncBoth(this, rsync, ensured.runner(), result).run(wish.delete());
      }
      result.bytes(progress.bytes());
      return result;
    } catch (GraException e) {
      throw interruption().instead(e);
    } catch (IOException e) {
      throw interruption()
          .instead(GraException.of("SYNC_FAILED", "sync: " + e.getMessage(), null, e));
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      interruption().over();
    }
  }

  private void up(RsyncRun rsync, SyncWish wish, SyncResult result, Runner to)
      throws IOException, InterruptedException {
    Mode[] modes = wish.delete() ? new Mode[] {Mode.DELETE} : new Mode[0];
    result.add(Direction.UP, rsync.run(RsyncCommand.of(Direction.UP, modes)));
    record().filled(to.getUid());
  }

  private void down(RsyncRun rsync, SyncWish wish, SyncResult result, Runners.Ensured from)
      throws IOException, InterruptedException {
    if (from.created()) {
      session.messages().say("down: nothing is there yet");
      return;
    }
    if (wish.delete()) {
      record().mustHaveFilled(from.runner());
    }
    Mode[] modes =
        wish.delete()
            ? new Mode[] {Mode.DELETE}
            : wish.newerOnly() ? new Mode[] {Mode.NEWER_ONLY} : new Mode[0];
    RsyncCommand command = RsyncCommand.of(Direction.DOWN, modes);
    result.add(Direction.DOWN, keepingRoot(() -> rsync.run(command)));
  }

  /** What brings something down. */
  interface Download {
    RsyncReport run() throws IOException, InterruptedException;
  }

  // rsync gives the target's root the mode and time of the source's, which may be a volume's.
  private RsyncReport keepingRoot(Download download) throws IOException, InterruptedException {
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(root);
    FileTime time = Files.getLastModifiedTime(root);
    RsyncReport report = null;
    try {
      report = download.run();
      return report;
    } finally {
      Files.setPosixFilePermissions(root, mode);
      if (report != null && report.changed() + report.deleted() == 0) {
        Files.getFileAttributeView(root, BasicFileAttributeView.class).setTimes(time, null, null);
      }
    }
  }
}
