package dev.gra.client.cli;

/**
 * What a sync shall do.
 *
 * @param way which way
 * @param delete whether deletions go over too
 * @param newerOnly down: whether what is newer here stays
 */
public record SyncWish(Way way, boolean delete, boolean newerOnly) {
  /** Which way changes go. */
  public enum Way {
    /** Into the runner. */
    UP,
    /** To here. */
    DOWN,
    /** Either way, by what both last agreed on. */
    BOTH;

    String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  public SyncWish {
    if (newerOnly && way != Way.DOWN) {
      throw new IllegalArgumentException("only down");
    }
  }

  /** What has these flags. */
  public static SyncWish of(boolean up, boolean down, boolean both, boolean delete) {
    if ((up ? 1 : 0) + (down ? 1 : 0) + (both ? 1 : 0) > 1) {
      throw Usage.error("--up, --down and --both: one of them", "gractl sync --both");
    }
    return new SyncWish(both ? Way.BOTH : down ? Way.DOWN : Way.UP, delete, false);
  }
}
