package dev.gra.client.sync;

import dev.gra.client.config.Settings;
import dev.gra.client.workspace.WorkspacePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A local rsync's command line.
 *
 * @param direction where changes go
 * @param modes how
 * @param only the paths to take, relative to the workspace; empty means all
 */
public record RsyncCommand(Direction direction, Set<Mode> modes, Optional<List<String>> only) {
  /** How it goes. */
  public enum Mode {
    /** What isn't there at the source goes at the target. */
    DELETE,
    /** What is newer at the target stays. */
    NEWER_ONLY,
    /** What would change is told, and nothing is changed. */
    DRY_RUN,
    /** Both ways in turn: so the same paths stay out of either. */
    BOTH_WAYS,
    /** What comes down is put aside, into {@link #INCOMING}. */
    STAGED
  }

  /** Where what comes is put, until it is seen whether it may take its place. */
  public static final String INCOMING = ".gra-incoming";

  /** Where an upload of both ways puts what it replaces in the runner. */
  public static final String REPLACED = ".gra-replaced";

  private static final String PARTIAL = ".gra-partial";

  public RsyncCommand {
    modes = Set.copyOf(modes);
    only = only.map(List::copyOf);
  }

  /** All of it. */
  public static RsyncCommand of(Direction direction, Mode... modes) {
    return new RsyncCommand(direction, setOf(modes), Optional.empty());
  }

  /** Only these paths; of directories that they themselves are there. */
  public static RsyncCommand only(List<String> paths, Direction direction, Mode... modes) {
    return new RsyncCommand(direction, setOf(modes), Optional.of(paths));
  }

  private static Set<Mode> setOf(Mode... modes) {
    Set<Mode> set = EnumSet.noneOf(Mode.class);
    set.addAll(List.of(modes));
    return set;
  }

  /** Whether it is of this mode. */
  public boolean is(Mode mode) {
    return modes.contains(mode);
  }

  List<String> words(Path filters, Path names, String remoteShell) {
    List<String> words = new ArrayList<>(List.of("rsync", "-lpt", "--from0", "--8-bit-output"));
    // To the nanosecond: a file may be saved twice within a second.
    words.addAll(List.of("--modify-window=-1", "--filter=. " + filters));
    words.addAll(List.of("--out-format=" + RsyncReport.FORMAT, "-e", remoteShell));
    // What stands for ssh is a cat, which takes a pipe that is full for one that is broken.
    words.addAll(List.of("--blocking-io", "--partial-dir=" + PARTIAL));
    words.addAll(only.isPresent() ? List.of("--dirs", "--files-from=" + names) : List.of("-r"));
    if (is(Mode.DELETE)) {
      words.add("--delete");
    }
    if (is(Mode.NEWER_ONLY)) {
      words.add("--update");
    }
    if (is(Mode.DRY_RUN)) {
      words.add("--dry-run");
    }
    if (direction == Direction.DOWN) {
      // Directories in a pod's volume are set-group-ID and open to all: here that has no place.
      words.add("--chmod=Dg-s,Do-w");
    }
    if (is(Mode.STAGED)) {
      words.add("--compare-dest=../");
    }
    if (direction == Direction.UP && is(Mode.BOTH_WAYS)) {
      words.addAll(List.of("--backup", "--backup-dir=" + REPLACED));
    }
    String here = is(Mode.STAGED) ? INCOMING + "/" : "./";
    words.addAll(
        direction == Direction.UP ? List.of(here, "runner:./") : List.of("runner:./", here));
    return words;
  }

  /** The filters for a workspace, each ended by a NUL. */
  String filters(Path root) throws IOException {
    return filters(root, direction == Direction.DOWN || is(Mode.BOTH_WAYS));
  }

  /**
   * The same.
   *
   * @param guarded whether what comes from a runner shall not change what programs here obey
   */
  static String filters(Path root, boolean guarded) throws IOException {
    // What is at the root of a runner's workspace for ssh is neither brought nor deleted.
    List<String> filters =
        new ArrayList<>(List.of("- " + PARTIAL, "- /" + INCOMING, "- /" + REPLACED, "- /.gra"));
    if (guarded) {
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
