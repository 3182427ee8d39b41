///usr/bin/env jbang "$0" "$@" ; exit $?
//DESCRIPTION Measures gra on this machine, each figure beside a peer's of the same run
//JAVA 25+
//MAIN GraBench
//DEPS dev.gra:gra-client:0.1.0:cli@fatjar
//SOURCES bench/Copies.java
//SOURCES bench/Gractl.java
//SOURCES bench/InCluster.java
//SOURCES bench/Load.java
//SOURCES bench/Machine.java
//SOURCES bench/Report.java
//SOURCES bench/StartUp.java
//SOURCES bench/SyncCost.java
//SOURCES bench/TracingCost.java
//RUNTIME_OPTIONS -XX:+UseSerialGC -XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=6000 -XX:Tier4CompileThreshold=150000 --sun-misc-unsafe-memory-access=allow

import bench.Gractl;
import bench.InCluster;
import bench.Load;
import bench.Machine;
import bench.Report;
import bench.StartUp;
import bench.SyncCost;
import bench.TracingCost;
import dev.gra.client.EndpointSource;
import dev.gra.client.GraClient;
import dev.gra.client.local.GradFile;
import dev.gra.client.local.GraHome;
import dev.gra.v1.Runner;
import dev.gra.v1.Start;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "gra-bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measures gra on this machine, each figure beside a peer's of the same run.",
      "Run it at the root of the source tree after `mvn install`; it starts a grad of its own."
    })
class GraBench implements Callable<Integer> {
  private static final long MIB = 1 << 20;

  @Option(names = "--quick", description = "Small counts: proves that it runs, measures little.")
  boolean quick;

  @Option(names = "--json", description = "One JSON object on standard output instead of a table.")
  boolean json;

  @Option(names = "--check", description = "Exit with 1 if a floor was missed.")
  boolean check;

  @Option(
      names = "--isolation",
      defaultValue = "auto",
      description = "As gractl local start has it.")
  String isolation;

  @Option(
      names = "--cluster",
      description = "Measures the grad that is deployed in kubectl's cluster, beside kubectl exec.")
  boolean cluster;

  private final Report report = new Report();
  private final Path tree = Path.of("").toAbsolutePath();
  private Path home;
  private Gractl gractl;
  private long grad;
  private GraClient client;
  private Load load;
  private Runner runner;

  public static void main(String... arguments) {
    System.exit(new CommandLine(new GraBench()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    if (!Files.isExecutable(tree.resolve("jbang"))) {
      System.err.println(
          "gra-bench: there is no ./jbang here. Try: cd to the root of the source tree");
      return 2;
    }
    home = Files.createTempDirectory("gra-bench-");
    gractl = new Gractl(tree, home);
    try {
      if (cluster) {
        measureCluster();
      } else {
        measureLocal();
      }
    } finally {
      Machine.delete(home);
    }
    System.out.println(json ? report.json() : report.table());
    return report.allKept() || !check ? 0 : 1;
  }

  private void measureCluster() throws Exception {
    try (InCluster deployed = new InCluster(home, report, quick)) {
      deployed.measure(gractl);
    }
  }

  private void measureLocal() throws Exception {
    try {
      startTrained();
      measure();
    } finally {
      gractl.run("local", "stop");
    }
  }

  /** grad as it is from its second start on: the first one has its AOT cache made. */
  private void startTrained() throws Exception {
    long begin = System.nanoTime();
    gractl.run("local", "start", "--isolation", isolation);
    report.tell("gractl local start, the very first", "%.1f s".formatted(Machine.since(begin) / 1e3), "");
    gractl.startTrained(isolation);
    gractl.run("local", "stop");
    begin = System.nanoTime();
    gractl.run("local", "start", "--isolation", isolation);
    report.tell("gractl local start, from then on", "%.1f s".formatted(Machine.since(begin) / 1e3), "");
  }

  private void measure() throws Exception {
    GradFile local = GradFile.running(new GraHome(home)).orElseThrow();
    grad = local.pid();
    EndpointSource source = EndpointSource.fixed(local.endpoint());
    client = GraClient.of(source);
    load = new Load(client);
    try {
      StartUp startUp = new StartUp(home, report, quick);
      startUp.grad(grad);
      startUp.runnerd();
      long begin = System.nanoTime();
      runner = load.ensure("bench");
      report.tell("a runner, from asking to ready", "%.0f ms".formatted(Machine.since(begin)), "");
      soak(quick ? 200 : 2000, 1);
      soak(quick ? 200 : 2000, 50);
      throughput(quick ? 64 * MIB : 1024 * MIB);
      streams(200, quick ? MIB : 8 * MIB, "on one connection", load::bytes);
      streams(200, quick ? MIB : 8 * MIB, "a connection each", start -> runAlone(source, start));
      new TracingCost(tree, isolation).measure(load, runner, quick ? 100 : 1000, report);
    } finally {
      client.close();
    }
    gractl.measure("bench", quick ? 3 : 15, report);
    new SyncCost(gractl, home, report).measure(quick ? 2 : 15);
  }

  /** What gra holds: no more of it after many execs than before, or it leaks. */
  record Holdings(int processes, int threads, int descriptors, int files) {
    boolean within(Holdings before) {
      // A pool may have grown by a thread or two, each with its descriptors; 2,000 execs that leak
      // are more.
      return processes <= before.processes
          && threads <= before.threads + 10
          && descriptors <= before.descriptors + 10
          && files <= before.files + 10;
    }

    @Override
    public String toString() {
      return processes
          + " processes, "
          + threads
          + " threads, "
          + descriptors
          + " descriptors, "
          + files
          + " files";
    }
  }

  private Holdings holdings() throws IOException {
    List<Long> processes = Machine.mentioning(home.toString());
    int threads = 0;
    int descriptors = 0;
    for (long pid : processes) {
      threads += Machine.threads(pid);
      descriptors += Machine.descriptors(pid);
    }
    // An ended exec's record stays for a day, so that its id is never run twice; nothing else of it does.
    long files = Machine.files(home).stream().filter(file -> !file.endsWith("record")).count();
    return new Holdings(processes.size(), threads, descriptors, (int) files);
  }

  private void soak(int count, int atOnce) throws Exception {
    Load.inParallel(atOnce, quick ? 200 : 1000, () -> load.timeOfTrue(runner)); // Until it is compiled.
    Holdings before = holdings();
    long begin = System.nanoTime();
    List<Double> took = Load.inParallel(atOnce, count, () -> load.timeOfTrue(runner));
    double rate = count / Machine.since(begin) * 1e3;
    Holdings after = holdings();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!after.within(before) && System.nanoTime() < deadline) {
      LockSupport.parkNanos(
          TimeUnit.MILLISECONDS.toNanos(200)); // Pools give back what they hold by and by.
      after = holdings();
    }
    long wrong = took.stream().filter(time -> time.isNaN()).count();
    double p50 = Report.percentile(took, 50);
    double p99 = Report.percentile(took, 99);
    boolean alone = atOnce == 1;
    report.add(
        "exec of true, %,d %s".formatted(count, alone ? "one by one" : "by " + atOnce + " at once"),
        alone ? "p50 <= 6 ms, p99 <= 20 ms" : "",
        "p50 %.1f ms, p99 %.1f ms, %.0f/s".formatted(p50, p99, rate),
        alone ? "ProcessBuilder p50 %.1f ms".formatted(processBuilder(count / 4)) : "",
        !alone || (p50 <= 6 && p99 <= 20));
    boolean clean = after.within(before);
    report.add(
        "... wrong endings, leaks",
        "0, none",
        wrong + ", " + (clean ? "none" : before + " -> " + after),
        "",
        wrong == 0 && clean);
  }

  private static double processBuilder(int count) throws Exception {
    List<Double> took = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      took.add(Machine.time(Map.of(), List.of("true")));
    }
    return Report.percentile(took, 50);
  }

  // --- Bulk ---

  /**
   * Random bytes from a file of the workspace, beside `cat` of the same file through a pipe of this
   * JVM.
   */
  private void throughput(long bytes) throws Exception {
    load.run(runner, "sh", "-c", "head -c " + bytes + " /dev/urandom >data");
    transfer(bytes); // Until it is compiled, and the file is in memory.
    double heap = liveHeap();
    long begin = System.nanoTime();
    transfer(bytes);
    double rate = bytes / 1e6 / (Machine.since(begin) / 1e3);
    double growth = liveHeap() - heap;
    Path data =
        home.resolve("runners").resolve(runner.getUid()).resolve("workspace").resolve("data");
    report.add(
        "stdout, %,d MiB random, checksummed".formatted(bytes / MIB),
        ">= 200 MB/s",
        "%.0f MB/s".formatted(rate),
        "cat through a pipe, checksummed: %.0f MB/s".formatted(localCat(data, bytes)),
        rate >= 200);
    report.add(
        "... grad's live heap grew by", "<= 4 MB", "%.1f MB".formatted(growth), "", growth <= 4);
    load.run(runner, "rm", "data");
  }

  private void transfer(long bytes) throws Exception {
    if (load.bytes(Load.start(runner, "cat", "data")) != bytes) {
      throw new IOException("cat failed");
    }
  }

  private static double localCat(Path file, long bytes) throws Exception {
    long begin = System.nanoTime();
    Process cat = new ProcessBuilder("cat", file.toString()).start();
    CRC32C crc = new CRC32C();
    byte[] buffer = new byte[32 << 10];
    try (InputStream output = cat.getInputStream()) {
      for (int n = output.read(buffer); n >= 0; n = output.read(buffer)) {
        crc.update(buffer, 0, n);
      }
    }
    cat.waitFor();
    return bytes / 1e6 / (Machine.since(begin) / 1e3);
  }

  /** What grad's heap holds after a full collection, in MB. */
  private double liveHeap() throws Exception {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Machine.run(Map.of(), List.of(jcmd, Long.toString(grad), "GC.run"));
    String info = Machine.run(Map.of(), List.of(jcmd, Long.toString(grad), "GC.class_histogram"));
    String[] total =
        info.strip().lines().reduce((first, second) -> second).orElseThrow().strip().split("\\s+");
    return Long.parseLong(total[2]) / 1e6;
  }

  private interface Run {
    double bytes(Start start) throws Exception;
  }

  private void streams(int count, long bytes, String how, Run run) throws Exception {
    Machine.resetPeak(grad);
    long begin = System.nanoTime();
    String[] command = {"sh", "-c", "yes 0123456789abcde | head -c " + bytes};
    List<Double> received =
        Load.inParallel(count, count, () -> run.bytes(Load.start(runner, command)));
    double rate = count * bytes / 1e6 / (Machine.since(begin) / 1e3);
    long wrong = received.stream().filter(n -> n != bytes).count();
    double peak = Machine.megabytes(grad, "VmHWM");
    report.add(
        "grad's peak RSS, %d streams at once, %s".formatted(count, how),
        "<= 256 MB",
        "%.0f MB".formatted(peak),
        "%.0f MB/s in all, %d wrong".formatted(rate, wrong),
        peak <= 256 && wrong == 0);
  }

  private static double runAlone(EndpointSource source, Start start) throws Exception {
    try (GraClient own = GraClient.of(source)) {
      return new Load(own).bytes(start);
    }
  }
}
