package bench;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** How soon grad and runnerd are there, and how much memory they take doing nothing. */
public final class StartUp {
  private final Path home;
  private final Report report;
  private final boolean quick;

  /**
   * @param home the state directory of a grad that runs
   */
  public StartUp(Path home, Report report, boolean quick) {
    this.home = home;
    this.report = report;
    this.quick = quick;
  }

  /** Starts a second grad by the first one's own command line, in a state directory of its own. */
  public void grad(long running) throws Exception {
    Path other = Files.createDirectory(home.resolve("other"));
    for (String file : List.of("token", "tokens.json")) {
      if (Files.exists(home.resolve(file))) {
        Files.copy(home.resolve(file), other.resolve(file));
      }
    }
    List<String> command = new ArrayList<>(Machine.commandLine(running));
    command.replaceAll(word -> word.equals(home.toString()) ? other.toString() : word);
    List<Double> ready = new ArrayList<>();
    double idle = 0;
    for (int i = 0; i < (quick ? 1 : 5); i++) {
      long begin = System.nanoTime();
      Process process =
          Machine.start(Map.of("GRA_HOME", other.toString()), command, other.resolve("log"));
      try {
        Machine.await(process, () -> Files.exists(other.resolve("grad.properties")));
        ready.add(Machine.since(begin));
        idle = settled(process.pid());
      } finally {
        Machine.end(process);
      }
    }
    double median = Report.percentile(ready, 50);
    report.add("grad ready", "<= 1.5 s", "%.2f s".formatted(median / 1e3), "", median <= 1500);
    report.add("grad's RSS, idle", "<= 160 MB", "%.0f MB".formatted(idle), "", idle <= 160);
  }

  /** Starts runnerd as the local runtime does, but without a sandbox. */
  public void runnerd() throws Exception {
    Path launcher =
        Machine.files(home.resolve("dist")).stream()
            .filter(file -> file.endsWith("runnerd/bin/runnerd"))
            .findFirst()
            .orElseThrow();
    List<Double> ready = new ArrayList<>();
    double idle = 0;
    for (int i = 0; i < (quick ? 3 : 11); i++) {
      Path directory = Files.createDirectory(home.resolve("r" + i));
      Path socket = directory.resolve("s");
      String state = Files.createDirectory(directory.resolve("state")).toString();
      String workspace = Files.createDirectory(directory.resolve("workspace")).toString();
      List<String> command =
          List.of(
              launcher.toString(),
              "--socket",
              socket.toString(),
              "--state",
              state,
              "--workspace",
              workspace,
              "--runner-uid",
              UUID.randomUUID().toString(),
              "--idle-timeout",
              "never");
      long begin = System.nanoTime();
      Process process = Machine.start(Map.of(), command, directory.resolve("log"));
      try {
        Machine.await(process, () -> answers(socket));
        ready.add(Machine.since(begin));
        idle = i == 0 ? settled(process.pid()) : idle;
      } finally {
        Machine.end(process);
      }
    }
    double median = Report.percentile(ready, 50);
    report.add("runnerd ready", "<= 200 ms", "%.0f ms".formatted(median), "", median <= 200);
    report.add("runnerd's RSS, idle", "<= 56 MB", "%.0f MB".formatted(idle), "", idle <= 56);
  }

  private static boolean answers(Path socket) {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      return channel.isConnected();
    } catch (IOException e) {
      return false; // Not there yet.
    }
  }

  /** Resident memory two seconds later. */
  private static double settled(long pid) throws IOException {
    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
    return Machine.megabytes(pid, "VmRSS");
  }
}
