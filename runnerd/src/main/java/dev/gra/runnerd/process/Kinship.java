package dev.gra.runnerd.process;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Who is whose child, among the living and the dead not yet reaped. */
interface Kinship {

  /**
   * The children of all of a process's threads. Complete for our own children, which only we reap;
   * another process's may miss some while that one reaps.
   */
  int[] children(int pid);

  /** By /proc/PID/task/TID/children, which kernels with CONFIG_PROC_CHILDREN have. */
  record Listed(ProcFiles files) implements Kinship {
    boolean isSupported(int self) {
      return files.exists("/proc/" + self + "/task/" + self + "/children");
    }

    @Override
    public int[] children(int pid) {
      String tasks = "/proc/" + pid + "/task/";
      int[] threads = files.listNumbers(tasks);
      return threads.length == 1
          ? ofThread(tasks, threads[0])
          : IntStream.of(threads)
              .flatMap(thread -> IntStream.of(ofThread(tasks, thread)))
              .toArray();
    }

    private int[] ofThread(String tasks, int thread) {
      return files.readNumbers(tasks + thread + "/children");
    }
  }

  /** By the parents of all processes, looked up once. */
  record Scanned(Map<Integer, List<Integer>> byParent) implements Kinship {
    static Scanned now(ProcFiles files) {
      Map<Integer, List<Integer>> byParent = new HashMap<>();
      for (int pid : files.listNumbers("/proc")) {
        ProcStat.of(files, pid)
            .ifPresent(
                stat ->
                    byParent.computeIfAbsent(stat.parent(), parent -> new ArrayList<>()).add(pid));
      }
      return new Scanned(byParent);
    }

    @Override
    public int[] children(int pid) {
      return byParent.getOrDefault(pid, List.of()).stream().mapToInt(Integer::intValue).toArray();
    }
  }
}
