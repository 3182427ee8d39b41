package dev.gra.client.cli;

import dev.gra.client.GraException;
import dev.gra.client.local.GraHome;
import dev.gra.client.local.StateFile;
import dev.gra.v1.Runner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Which runner has had this workspace's files. Another one of the same name, made since, is empty:
 * to delete here what isn't there would delete everything.
 */
final class SyncRecord {
  private final GraHome home;
  private final String runner;
  private final Path file;

  SyncRecord(GraHome home, String runner) {
    this.home = home;
    this.runner = runner;
    this.file = home.workspace(runner).resolve("synced.properties");
  }

  /** This runner has them now. */
  void filled(String uid) throws IOException {
    GraHome.privateDirectory(home.create().workspace(runner));
    StateFile.write(file, Map.of("runnerUid", uid));
  }

  void mustHaveFilled(Runner now) throws IOException {
    if (!Files.exists(file) || !StateFile.read(file).text("runnerUid").equals(now.getUid())) {
      throw GraException.of(
          "OTHER_RUNNER",
          "nothing was synced up into this runner "
              + runner
              + " yet, so --delete would delete here what it only never had",
          "gractl sync --up first, or --down without --delete");
    }
  }
}
