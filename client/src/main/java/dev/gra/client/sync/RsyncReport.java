package dev.gra.client.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an rsync said in the end.
 *
 * @param code its exit code
 * @param changes lines in {@link #FORMAT}
 * @param errors lines of stderr
 */
public record RsyncReport(int code, List<String> changes, List<String> errors) {
  /** What is told of each change: see {@link RsyncChange}. */
  static final String FORMAT = "%i %l %M %B %n";

  private static final int SOME_NOT_TRANSFERRED = 23;
  private static final int SOME_VANISHED = 24;
  private static final List<Integer> CUT = List.of(10, 12, 30, 35);

  // The runner's workspace itself may be a volume, whose mode and time its user can't set. They are
  // no part of a sync.
  private static final String OF_THE_ROOT =
      "rsync: .*failed to set (times|permissions) on \"[^\"]*/\\.\": .*";

  public RsyncReport {
    changes = List.copyOf(changes);
    errors = errors.stream().filter(line -> !line.isBlank()).toList();
  }

  /** Whether all is there that should be. */
  public boolean complete() {
    boolean rootOnly =
        errors.stream().anyMatch(line -> line.matches(OF_THE_ROOT))
            && errors.stream()
                .allMatch(line -> line.matches(OF_THE_ROOT) || line.startsWith("rsync error:"));
    // A file that went away while it was read is one that isn't there.
    return code == 0 || code == SOME_VANISHED || (code == SOME_NOT_TRANSFERRED && rootOnly);
  }

  /** Whether the way was cut, rather than a file refused: then another try may help. */
  public boolean cut() {
    return CUT.contains(code);
  }

  /** Each change, by its name. */
  public List<RsyncChange> each() {
    List<RsyncChange> all = new ArrayList<>();
    for (String line : changes) {
      Optional<RsyncChange> change = RsyncChange.parse(line);
      change.ifPresent(all::add);
    }
    return all;
  }

  /** Files, links and directories that came. */
  public long changed() {
    return changes.stream().filter(line -> "<>ch".indexOf(line.charAt(0)) >= 0).count();
  }

  /** What was deleted. */
  public long deleted() {
    return changes.stream().filter(line -> line.startsWith("*deleting")).count();
  }

  /** The first line that says why. */
  public String why() {
    return errors.stream()
        .filter(line -> !line.matches(OF_THE_ROOT))
        .findFirst()
        .orElse("rsync ended with " + code);
  }
}
