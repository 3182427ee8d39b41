package bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code gractl sync} of 2,000 files of which none has changed, beside rsync over ssh to the same
 * place; and how soon a saved file is there while it watches.
 */
public final class SyncCost {
  private static final int FILES = 2000;
  private static final int DIRECTORIES = 40;

  private final Gractl gractl;
  private final Path home;
  private final Path work;
  private final Report report;

  /**
   * @param home the state directory, with an installed gractl in its {@code bin}
   */
  public SyncCost(Gractl gractl, Path home, Report report) {
    this.gractl = gractl;
    this.home = home;
    this.work = home.resolve("sync");
    this.report = report;
  }

  public void measure(int runs) throws Exception {
    Path tree = tree();
    String launcher = home.resolve("bin").resolve("gractl").toString();
    Machine.run(gractl.environment(), inTree(launcher, "sync"));
    Path there = workspace();
    int port = freePort();
    Process sshd = sshd(port);
    try {
      List<String> bySsh =
          List.of("rsync", "-rlpt", "-e", ssh(port), tree + "/", "127.0.0.1:" + there + "/");
      Machine.await(sshd, () -> answers(bySsh));
      compare(bySsh, inTree(launcher, "sync"), runs);
    } finally {
      Machine.end(sshd);
    }
    watch(inTree(launcher, "sync", "--watch"), tree.resolve("d1/f1"), there.resolve("d1/f1"), runs);
  }

  private Path tree() throws IOException {
    Path tree = Files.createDirectories(work.resolve("tree"));
    for (int i = 0; i < FILES; i++) {
      Path directory = Files.createDirectories(tree.resolve("d" + i % DIRECTORIES));
      Files.writeString(directory.resolve("f" + i), "content " + i);
    }
    return tree;
  }

  private List<String> inTree(String... command) {
    List<String> words = new ArrayList<>(List.of("env", "-C", work.resolve("tree").toString()));
    words.addAll(List.of(command));
    return words;
  }

  /** The one that has the files. */
  private Path workspace() throws IOException {
    try (var runners = Files.list(home.resolve("runners"))) {
      return runners
          .map(runner -> runner.resolve("workspace"))
          .filter(workspace -> Files.exists(workspace.resolve("d1/f1")))
          .findFirst()
          .orElseThrow();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** For us alone, by a key of its own. */
  private Process sshd(int port) throws Exception {
    Path keys =
        Files.createDirectories(
            work.resolve("ssh"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    for (String key : List.of("host", "user")) {
      Machine.run(
          Map.of(),
          List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", keys.resolve(key).toString()));
    }
    if (System.getProperty("user.name").equals("root")) {
      Files.createDirectories(Path.of("/run/sshd")); // Where it puts its privileges down.
    }
    Path configuration =
        Files.writeString(
            keys.resolve("sshd_config"),
            """
            Port %d
            ListenAddress 127.0.0.1
            HostKey %s/host
            AuthorizedKeysFile %s/user.pub
            PidFile none
            UsePAM no
            StrictModes no
            PasswordAuthentication no
            """
                .formatted(port, keys, keys));
    return Machine.start(
        Map.of(),
        List.of("/usr/sbin/sshd", "-D", "-e", "-f", configuration.toString()),
        keys.resolve("log"));
  }

  private String ssh(int port) {
    Path key = work.resolve("ssh").resolve("user");
    return "ssh -F /dev/null -p "
        + port
        + " -i "
        + key
        + " -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=QUIET -o BatchMode=yes";
  }

  private boolean answers(List<String> command) {
    try {
      return Machine.start(Map.of(), command, work.resolve("ssh/first")).waitFor() == 0;
    } catch (IOException e) {
      return false; // Not there: Machine.await tells that it didn't get ready.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void compare(List<String> bySsh, List<String> sync, int runs) throws Exception {
    List<Double> ssh = new ArrayList<>();
    List<Double> ours = new ArrayList<>();
    Path log = work.resolve("log");
    for (int run = -1; run < runs; run++) {
      double peer = Machine.time(Map.of(), bySsh);
      long begin = System.nanoTime();
      if (Machine.start(gractl.environment(), sync, log).waitFor() != 0) {
        throw new IOException("sync failed: " + Files.readString(log));
      }
      if (run >= 0) {
        ssh.add(peer); // The first run of each warms up.
        ours.add(Machine.since(begin));
      }
    }
    double peer = Report.percentile(ssh, 50);
    double own = Report.percentile(ours, 50);
    report.add(
        "gractl sync of 2,000 files, none changed",
        "<= 1.2 of rsync over ssh",
        "%.0f ms (%.2f)".formatted(own, own / peer),
        "rsync over ssh: %.0f ms".formatted(peer),
        own <= 1.2 * peer);
  }

  private void watch(List<String> command, Path here, Path there, int runs) throws Exception {
    Path log = work.resolve("watch");
    Process watching = Machine.start(gractl.environment(), command, log);
    try {
      Machine.await(watching, () -> text(log).contains("until Ctrl-C"));
      List<Double> took = new ArrayList<>();
      for (int run = 0; run < runs; run++) {
        String content = "saved " + System.nanoTime();
        long begin = System.nanoTime();
        Files.writeString(here, content);
        Machine.await(watching, () -> text(there).equals(content));
        took.add(Machine.since(begin));
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300)); // As people save: after a while.
      }
      double most = Report.percentile(took, 100);
      report.add(
          "gractl sync --watch: a saved file is in the runner",
          "<= 1 s",
          "p50 %.0f ms, at most %.0f ms".formatted(Report.percentile(took, 50), most),
          "",
          most <= 1000);
    } finally {
      Machine.end(watching);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return ""; // It is just being put there.
    }
  }
}
