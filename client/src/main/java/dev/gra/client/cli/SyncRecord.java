package dev.gra.client.cli;

import dev.gra.client.GraException;
import dev.gra.client.local.GraHome;
import dev.gra.client.local.StateFile;
import dev.gra.client.sync.AgreedTree;
import dev.gra.client.sync.Entry;
import dev.gra.v1.Runner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Which runner has had a workspace's files, and on what both last agreed. Another one of the same
 * name, made since, is empty: to delete here what isn't there would delete everything.
 */
final class SyncRecord {
  private final GraHome home;
  private final String runner;
  private final Path directory;

  SyncRecord(GraHome home, String runner, Path root) {
    this.home = home;
    this.runner = runner;
    this.directory = home.synced(runner, root);
  }

  private Path filledBy() {
    return directory.resolve("synced.properties");
  }

  private Path agreedOn() {
    return directory.resolve("agreed");
  }

  /** This runner has them now. */
  void filled(String uid) throws IOException {
    home.create();
    GraHome.privateDirectory(directory);
    StateFile.write(filledBy(), Map.of("runnerUid", uid));
  }

  void mustHaveFilled(Runner now) throws IOException {
    if (!Files.exists(filledBy())
        || !StateFile.read(filledBy()).text("runnerUid").equals(now.getUid())) {
      throw GraException.of(
          "OTHER_RUNNER",
          "nothing was synced up into this runner "
              + runner
              + " yet, so --delete would delete here what it only never had",
          "gractl sync --up first, or --down without --delete");
    }
  }

  Map<String, Entry> agreed(Runner with) throws IOException {
    return AgreedTree.read(agreedOn(), with.getUid());
  }

  void agree(Runner with, Map<String, Entry> entries) throws IOException {
    filled(with.getUid());
    AgreedTree.write(agreedOn(), with.getUid(), entries);
  }
}
