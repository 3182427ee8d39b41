package dev.gra.client.sync;

import dev.gra.client.config.Settings;
import dev.gra.client.workspace.WorkspacePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A local rsync's command line.
 *
 * @param direction where changes go
 * @param delete whether what isn't there at the source goes at the target
 * @param newerOnly whether what is newer at the target stays
 */
public record RsyncCommand(Direction direction, boolean delete, boolean newerOnly) {
  private static final String PARTIAL = ".gra-partial";

  List<String> words(Path filters, String remoteShell) {
    List<String> words = new ArrayList<>(List.of("rsync", "-rlpt", "--from0"));
    words.addAll(List.of("--filter=. " + filters, "--out-format=%i %n"));
    words.addAll(List.of("--partial-dir=" + PARTIAL, "-e", remoteShell));
    if (delete) {
      words.add("--delete");
    }
    if (newerOnly) {
      words.add("--update");
    }
    if (direction == Direction.DOWN) {
      // Directories in a pod's volume are set-group-ID and open to all: here that has no place.
      words.add("--chmod=Dg-s,Do-w");
    }
    words.addAll(
        direction == Direction.UP ? List.of("./", "runner:./") : List.of("runner:./", "./"));
    return words;
  }

  /** The filters for a workspace, each ended by a NUL. */
  String filters(Path root) throws IOException {
    List<String> filters = new ArrayList<>(List.of("- " + PARTIAL));
    if (direction == Direction.DOWN) {
      // Programs here obey these, and what runs in a runner must not tell them what to do.
      filters.add("- .git");
      filters.add("- /" + Settings.WORKSPACE_FILE);
      filters.add("- /" + WorkspacePlan.IGNORE_FILE);
    }
    filters.addAll(IgnoreRules.filters(rules(root)));
    return String.join("\0", filters) + "\0";
  }

  private static String rules(Path root) throws IOException {
    try {
      return Files.readString(root.resolve(WorkspacePlan.IGNORE_FILE));
    } catch (NoSuchFileException e) {
      return WorkspacePlan.defaultRules();
    }
  }
}
