package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A large file to a runner and back by `gractl cp`, beside `kubectl cp`, each a whole process. */
final class Copies {
  private static final long MIB = 1 << 20;

  private final Path home;
  private final Report report;
  private final int rounds;
  private final long bytes;

  Copies(Path home, Report report, boolean quick) {
    this.home = home;
    this.report = report;
    this.rounds = quick ? 1 : 3;
    this.bytes = quick ? 64 * MIB : 1024 * MIB;
  }

  /** Measures both ways, with gractl as it is installed, and set to the cluster. */
  void measure(Gractl gractl, String runner, String pod) throws Exception {
    Path here = home.resolve("copied");
    Path back = home.resolve("back");
    Machine.run(Map.of(), List.of("sh", "-c", "head -c " + bytes + " /dev/urandom >" + here));
    String command = gractl.installed().toString();
    Map<String, String> environment = gractl.clusterEnvironment();
    String workspace =
        Machine.run(environment, List.of(command, "exec", "--runner", runner, "--", "pwd")).strip();
    String kubectl = "gra-runners/" + pod + ":" + workspace;
    try {
      compare(
          "to a runner",
          environment,
          List.of(command, "cp", here.toString(), runner + ":ours"),
          List.of("kubectl", "cp", "-c", "runner", here.toString(), kubectl + "/theirs"));
      compare(
          "from a runner",
          environment,
          List.of(command, "cp", runner + ":ours", back.toString()),
          List.of("kubectl", "cp", "-c", "runner", kubectl + "/ours", back.toString()));
      if (Files.mismatch(here, back) >= 0) {
        throw new IOException("what came back is not what was sent");
      }
    } finally {
      Files.deleteIfExists(here);
      Files.deleteIfExists(back);
    }
  }

  /** In turns, since neighbours of this machine come and go. */
  private void compare(
      String way, Map<String, String> environment, List<String> ours, List<String> theirs)
      throws Exception {
    List<Double> rates = new ArrayList<>();
    List<Double> beside = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      rates.add(bytes / 1e3 / Machine.time(environment, ours));
      beside.add(bytes / 1e3 / Machine.time(Map.of(), theirs));
    }
    double rate = Report.percentile(rates, 50);
    double peer = Report.percentile(beside, 50);
    report.add(
        "cp of %,d MiB %s".formatted(bytes / MIB, way),
        ">= 0.9 of kubectl cp",
        "%.0f MB/s (%.2f)".formatted(rate, rate / peer),
        "kubectl cp %.0f MB/s".formatted(peer),
        rate >= 0.9 * peer);
  }
}
