package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The tree's gractl, by JBang and installed, and how long a call of it takes. */
public final class Gractl {
  private final String jbang;
  private final Path script;
  private final Path home;
  private final Map<String, String> variables;

  /**
   * @param home the state directory, its GRA_HOME
   */
  public Gractl(Path tree, Path home) {
    this(tree, home, Map.of());
  }

  /** The same with more variables. */
  public Gractl(Path tree, Path home, Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
    this.jbang = tree.resolve("jbang").toString();
    this.script = tree.resolve("scripts/gractl.java");
    this.home = home;
  }

  public void run(String... arguments) throws Exception {
    Machine.run(environment(), byJbang(arguments));
  }

  /** grad as it is from its second start on: the first one has its AOT cache made. */
  public void startTrained(String isolation) throws Exception {
    run("local", "start", "--isolation", isolation);
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (Machine.files(home.resolve("dist")).stream()
        .noneMatch(file -> file.getFileName().toString().matches("grad-.*[.]aot"))) {
      if (System.nanoTime() > deadline) {
        throw new IOException("grad's AOT cache is not there after 2 minutes");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
    run("local", "stop");
    run("local", "start", "--isolation", isolation);
  }

  /** {@code exec -- true} in a runner that is ready, beside JBang's own hello world. */
  public void measure(String runner, int runs, Report report) throws Exception {
    Path bin = home.resolve("bin");
    run("install", "--dir", bin.toString());
    List<List<String>> commands =
        List.of(
            List.of(jbang, hello().toString()),
            byJbang("exec", "--runner", runner, "--", "true"),
            List.of(bin.resolve("gractl").toString(), "exec", "--runner", runner, "--", "true"),
            List.of(bin.resolve("gractl").toString(), "ssh", runner, "true"),
            ssh(environment(), runner));
    List<List<Double>> took = inTurns(environment(), commands, runs);
    double world = Report.percentile(took.get(0), 50);
    double jbangRun = Report.percentile(took.get(1), 50);
    double installed = Report.percentile(took.get(2), 50);
    report.add(
        "jbang gractl.java exec -- true",
        "<= JBang's hello world + 200 ms",
        "%.0f ms (+ %.0f)".formatted(jbangRun, jbangRun - world),
        "JBang's hello world: %.0f ms".formatted(world),
        jbangRun <= world + 200);
    report.tell("installed gractl exec -- true", "%.0f ms".formatted(installed), "");
    tellSsh(took.subList(3, 5), "gractl exec: %.0f ms".formatted(installed), report);
  }

  /** Takes turns, since neighbours of this machine come and go. */
  private static List<List<Double>> inTurns(
      Map<String, String> environment, List<List<String>> commands, int runs) throws Exception {
    List<List<Double>> took = new ArrayList<>();
    commands.forEach(command -> took.add(new ArrayList<>()));
    for (int run = -1; run < runs; run++) {
      for (int i = 0; i < commands.size(); i++) {
        double time = Machine.time(environment, commands.get(i));
        if (run >= 0) {
          took.get(i).add(time); // The first run of each compiles, or makes a key.
        }
      }
      awaitCache();
    }
    return took;
  }

  private static void tellSsh(List<List<Double>> took, String peer, Report report) {
    report.tell(
        "installed gractl ssh RUNNER true",
        "p50 %.0f ms".formatted(Report.percentile(took.get(0), 50)),
        peer);
    report.tell(
        "ssh gra.RUNNER true", "p50 %.0f ms".formatted(Report.percentile(took.get(1), 50)), peer);
  }

  /** Plain ssh, as ssh-config has it reach the runner. */
  private List<String> ssh(Map<String, String> environment, String runner) throws Exception {
    Path config = home.resolve("ssh_config");
    Map<String, String> onPath = new HashMap<>(environment);
    onPath.put("PATH", home.resolve("bin") + ":" + System.getenv("PATH"));
    Machine.run(onPath, byJbang("ssh-config", "--file", config.toString()));
    return List.of("ssh", "-F", config.toString(), "gra." + runner, "true");
  }

  /** The same in a pod, beside `kubectl exec`. */
  public void inCluster(
      List<String> useCluster, String runner, List<String> kubectl, int runs, Report report)
      throws Exception {
    Path bin = home.resolve("bin");
    run("install", "--dir", bin.toString());
    Map<String, String> environment = clusterEnvironment();
    Machine.run(environment, byJbang(useCluster.toArray(String[]::new)));
    List<List<String>> commands =
        List.of(
            kubectl,
            byJbang("exec", "--runner", runner, "--", "true"),
            List.of(bin.resolve("gractl").toString(), "exec", "--runner", runner, "--", "true"),
            List.of(bin.resolve("gractl").toString(), "ssh", runner, "true"),
            ssh(environment, runner));
    List<List<Double>> took = inTurns(environment, commands, runs);
    String peer = "kubectl exec: %.0f ms".formatted(Report.percentile(took.get(0), 50));
    report.tell(
        "jbang gractl.java exec -- true", "%.0f ms".formatted(Report.percentile(took.get(1), 50)), peer);
    report.tell(
        "installed gractl exec -- true", "%.0f ms".formatted(Report.percentile(took.get(2), 50)), peer);
    tellSsh(took.subList(3, 5), peer, report);
  }

  /** What an installed gractl is called with once {@link #inCluster} has set the cluster up. */
  Map<String, String> clusterEnvironment() {
    Map<String, String> environment = environment();
    environment.remove("GRA_SERVER");
    environment.put("XDG_CONFIG_HOME", home.resolve("config").toString());
    return environment;
  }

  /** Where it is installed by what measures it. */
  Path installed() {
    return home.resolve("bin/gractl");
  }

  /** A run by JBang that finds no AOT cache of its jars has one made in the background. */
  private static void awaitCache() {
    Path marker = Path.of(System.getProperty("user.home"), ".cache/gra/gractl.aot.training");
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (Files.exists(marker) && System.nanoTime() < deadline) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
  }

  private Path hello() throws Exception {
    return Files.writeString(
        home.resolve("Hello.java"),
        "//JAVA 25+\n"
            + "class Hello { public static void main(String[] a) { System.out.println(1); } }\n");
  }

  private List<String> byJbang(String... arguments) {
    List<String> command = new ArrayList<>(List.of(jbang, script.toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Of the calls that are measured. */
  Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(variables);
    environment.put("GRA_HOME", home.toString());
    environment.put("GRA_SERVER", "local");
    return environment;
  }
}
