package dev.gra.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a grad, its runners and all that run in them hold together, and a gractl. */
record Holdings(long processes, long descriptors, long threads) {
  static Holdings now(Path home, long gractl) {
    Set<Long> pids = new TreeSet<>(Set.of(gractl));
    for (String process : Processes.of(home)) {
      long pid = Long.parseLong(process.substring(0, process.indexOf(' ')));
      pids.add(pid);
      ProcessHandle.of(pid).stream()
          .flatMap(ProcessHandle::descendants)
          .forEach(child -> pids.add(child.pid()));
    }
    long descriptors = 0;
    long threads = 0;
    for (long pid : pids) {
      descriptors += entries(Path.of("/proc", Long.toString(pid), "fd"));
      threads += entries(Path.of("/proc", Long.toString(pid), "task"));
    }
    return new Holdings(pids.size(), descriptors, threads);
  }

  boolean within(Holdings before) {
    // A pool may have grown by a thread or two; a thousand connections that leak are more.
    return processes <= before.processes
        && descriptors <= before.descriptors + 10
        && threads <= before.threads + 10;
  }

  private static long entries(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.count();
    } catch (IOException e) {
      return 0; // It ended meanwhile.
    }
  }
}
