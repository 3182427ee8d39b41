package bench;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.gra.client.Endpoint;
import dev.gra.client.EndpointSource;
import dev.gra.client.GraClient;
import dev.gra.v1.Runner;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;

/** The grad that is deployed in kubectl's cluster, beside `kubectl exec` and a bare pod. */
public final class InCluster implements AutoCloseable {
  private static final long MIB = 1 << 20;
  private static final String SUBJECT = "gra-bench";
  private static final String IMAGE = "localhost/gra-runner:dev";

  private final Path home;
  private final Report report;
  private final boolean quick;
  private final List<Process> helpers = new ArrayList<>();

  /**
   * @param home for tokens and logs
   */
  public InCluster(Path home, Report report, boolean quick) {
    this.home = home;
    this.report = report;
    this.quick = quick;
  }

  public void measure(Gractl gractl) throws Exception {
    kubectl("-n", "gra", "create", "serviceaccount", SUBJECT);
    Path token = home.resolve("token");
    writePrivately(
        token, kubectl("-n", "gra", "create", "token", SUBJECT, "--audience", "gra", "--duration", "4h"));
    Path ca = home.resolve("ca.crt");
    Files.write(
        ca,
        Base64.getDecoder()
            .decode(kubectl("-n", "gra", "get", "secret", "gra-tls", "-o", "jsonpath={.data.tls\\.crt}")));
    InetSocketAddress address = address();
    Endpoint endpoint =
        new Endpoint(
                address.getHostString(), address.getPort(), true, Optional.of(ca), Optional.of(token))
            .withServerName(Optional.of("grad.gra.svc"));
    try (GraClient client = GraClient.of(EndpointSource.fixed(endpoint))) {
      Load load = new Load(client);
      try {
        Runner runner = load.ensure("bench");
        String pod = pod(runner);
        latency(load, runner, pod);
        throughput(load, runner, pod, quick ? 64 * MIB : 1024 * MIB);
        creation(load, client);
        gractl.inCluster(
            List.of(
                "config",
                "use-cluster",
                "--address",
                endpoint.toString(),
                "--server-name",
                "grad.gra.svc",
                "--ca-file",
                ca.toString(),
                "--token-file",
                token.toString()),
            "bench",
            kubectlExec(pod, "true"),
            quick ? 3 : 15,
            report);
        new Copies(home, report, quick).measure(gractl, "bench", pod);
        many(load, client, quick ? 5 : 100);
      } finally {
        for (Runner left : client.runners().list(Map.of())) {
          client.runners().delete(left.getName(), left.getUid());
        }
      }
    }
  }

  /** The Service's own address where this machine reaches it, else a port-forward. */
  private InetSocketAddress address() throws Exception {
    String ip = kubectl("-n", "gra", "get", "service", "grad", "-o", "jsonpath={.spec.clusterIP}");
    InetSocketAddress direct = new InetSocketAddress(ip, 9090);
    try (Socket socket = new Socket()) {
      socket.connect(direct, 1000);
      return direct;
    } catch (IOException e) {
      report.tell("the way to grad", "kubectl port-forward", "its Service can't be reached from here");
      return new InetSocketAddress(
          "127.0.0.1", port("Forwarding from 127.0.0.1:", "-n", "gra", "port-forward", "service/grad", ":9090"));
    }
  }

  /** Starts a kubectl that stays, and reads the port that it tells. */
  private int port(String before, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("kubectl"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    helpers.add(process);
    BufferedReader said = new BufferedReader(new InputStreamReader(process.getInputStream()));
    String line = said.readLine();
    if (line == null || !line.startsWith(before)) {
      throw new IOException(String.join(" ", command) + ": " + line);
    }
    return Integer.parseInt(line.substring(before.length()).split("\\D", 2)[0]);
  }

  private void latency(Load load, Runner runner, String pod) throws Exception {
    int count = quick ? 100 : 1000;
    Load.inParallel(1, count, () -> load.timeOfTrue(runner)); // Until it is compiled.
    List<Double> ours = Load.inParallel(1, count, () -> load.timeOfTrue(runner));
    List<Double> theirs = new ArrayList<>();
    for (int i = 0; i < (quick ? 5 : 30); i++) {
      theirs.add(Machine.time(Map.of(), kubectlExec(pod, "true")));
    }
    double p50 = Report.percentile(ours, 50);
    double beside = Report.percentile(theirs, 50);
    boolean right = ours.stream().noneMatch(time -> time.isNaN());
    report.add(
        "exec of true, runner warm",
        "p50 <= 10 ms and <= 0.10 of kubectl exec",
        "p50 %.1f ms, p99 %.1f ms (%.3f)".formatted(p50, Report.percentile(ours, 99), p50 / beside),
        "kubectl exec p50 %.0f ms".formatted(beside),
        right && p50 <= 10 && p50 <= 0.1 * beside);
  }

  /** In turns, since neighbours of this machine come and go. */
  private void throughput(Load load, Runner runner, String pod, long bytes) throws Exception {
    String[] command = {"head", "-c", Long.toString(bytes), "/dev/urandom"};
    double ours = 0;
    double theirs = 0;
    int rounds = quick ? 1 : 3;
    load.bytes(Load.start(runner, command)); // Until it is compiled.
    for (int round = 0; round < rounds; round++) {
      long begin = System.nanoTime();
      if (load.bytes(Load.start(runner, command)) != bytes) {
        throw new IOException("head failed");
      }
      ours += bytes / 1e6 / (Machine.since(begin) / 1e3) / rounds;
      theirs += throughKubectl(pod, command, bytes) / rounds;
    }
    report.add(
        "stdout, %,d MiB random, checksummed".formatted(bytes / MIB),
        ">= 0.9 of kubectl exec",
        "%.0f MB/s (%.2f)".formatted(ours, ours / theirs),
        "kubectl exec %.0f MB/s".formatted(theirs),
        ours >= 0.9 * theirs);
  }

  private static double throughKubectl(String pod, String[] argv, long bytes) throws Exception {
    long begin = System.nanoTime();
    Process process = new ProcessBuilder(kubectlExec(pod, argv)).start();
    CRC32C crc = new CRC32C();
    byte[] buffer = new byte[32 << 10];
    long count = 0;
    try (InputStream output = process.getInputStream()) {
      for (int n = output.read(buffer); n >= 0; n = output.read(buffer)) {
        crc.update(buffer, 0, n);
        count += n;
      }
    }
    if (process.waitFor() != 0 || count != bytes) {
      throw new IOException("kubectl exec gave " + count + " of " + bytes + " bytes");
    }
    return bytes / 1e6 / (Machine.since(begin) / 1e3);
  }

  private void creation(Load load, GraClient client) throws Exception {
    int api = port("Starting to serve on 127.0.0.1:", "proxy", "--port=0");
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    for (int i = 0; i < (quick ? 2 : 8); i++) {
      long begin = System.nanoTime();
      Runner made = load.ensure("new-" + i);
      load.run(made, "echo");
      ours.add(Machine.since(begin));
      client.runners().delete(made.getName(), made.getUid());
      theirs.add(barePod(api, "gra-bench-" + i));
    }
    double mine = Report.percentile(ours, 50);
    double bare = Report.percentile(theirs, 50);
    report.add(
        "a runner, from asking to its first output",
        "<= a bare pod to Ready + 300 ms",
        "%.0f ms (%+.0f)".formatted(mine, mine - bare),
        "a bare pod of its image to Ready: %.0f ms".formatted(bare),
        mine <= bare + 300);
  }

  /** From its creation to Ready, both by the API itself: no kubectl has to start meanwhile. */
  private static double barePod(int api, String name) throws Exception {
    String pods = "http://127.0.0.1:" + api + "/api/v1/namespaces/gra-runners/pods";
    String pod =
        """
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "%s"}, "spec": {
          "terminationGracePeriodSeconds": 0, "automountServiceAccountToken": false,
          "securityContext": {"runAsNonRoot": true, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}},
          "containers": [{"name": "c", "image": "%s", "command": ["sleep", "600"],
            "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}}]}}
        """
            .formatted(name, IMAGE);
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpRequest create =
          HttpRequest.newBuilder(URI.create(pods))
              .header("content-type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(pod))
              .build();
      long begin = System.nanoTime();
      HttpResponse<String> created = http.send(create, HttpResponse.BodyHandlers.ofString());
      if (created.statusCode() != 201) {
        throw new IOException(created.body());
      }
      HttpRequest watch =
          HttpRequest.newBuilder(URI.create(pods + "?watch=true&fieldSelector=metadata.name%3D" + name))
              .build();
      var events = http.send(watch, HttpResponse.BodyHandlers.ofLines()).body();
      boolean ready = events.anyMatch(InCluster::ready);
      double took = Machine.since(begin);
      events.close(); // Or the watch would hold up the client's end.
      HttpRequest delete = HttpRequest.newBuilder(URI.create(pods + "/" + name)).DELETE().build();
      http.send(delete, HttpResponse.BodyHandlers.ofString());
      if (!ready) {
        throw new IOException("the bare pod did not become Ready");
      }
      return took;
    }
  }

  private static boolean ready(String event) {
    try {
      Map<?, ?> pod = (Map<?, ?>) JSON.std.mapFrom(event).get("object");
      Map<?, ?> status = (Map<?, ?>) pod.get("status");
      return status.get("conditions") instanceof List<?> conditions
          && conditions.stream()
              .map(condition -> (Map<?, ?>) condition)
              .anyMatch(one -> one.get("type").equals("Ready") && one.get("status").equals("True"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As many runners, and a stream in each at once. */
  private void many(Load load, GraClient client, int count) throws Exception {
    AtomicInteger next = new AtomicInteger();
    long begin = System.nanoTime();
    List<Runner> runners =
        Load.inParallel(10, count, () -> load.ensure("many-" + next.getAndIncrement()));
    report.tell("%d runners, 10 at once".formatted(count), "%.0f s".formatted(Machine.since(begin) / 1e3), "");
    List<Double> lists = new ArrayList<>();
    for (int i = 0; i < (quick ? 20 : 200); i++) {
      long asked = System.nanoTime();
      client.runners().list(Map.of());
      lists.add(Machine.since(asked));
    }
    double p50 = Report.percentile(lists, 50);
    report.add(
        "list of %d runners".formatted(count + 1), "p50 <= 20 ms", "p50 %.1f ms".formatted(p50), "", p50 <= 20);
    long bytes = quick ? MIB : 8 * MIB;
    AtomicInteger turn = new AtomicInteger();
    String line = "yes 0123456789abcde | head -c " + bytes;
    List<Double> received =
        Load.inParallel(
            count,
            count,
            () -> load.bytes(Load.start(runners.get(turn.getAndIncrement()), "sh", "-c", line)));
    long wrong = received.stream().filter(n -> n != bytes).count();
    double peak = gradsPeak();
    report.add(
        "grad's peak RSS, %d runners and as many streams".formatted(count),
        "<= 320 MB",
        "%.0f MB".formatted(peak),
        "%d wrong".formatted(wrong),
        peak <= 320 && wrong == 0);
  }

  /** grad is its container's process 1. */
  private static double gradsPeak() throws Exception {
    String status = kubectl("-n", "gra", "exec", "deployment/grad", "--", "cat", "/proc/1/status");
    String peak =
        status.lines().filter(line -> line.startsWith("VmHWM")).findFirst().orElseThrow();
    return Long.parseLong(peak.replaceAll("\\D", "")) / 1e3 * 1.024;
  }

  private static String pod(Runner runner) throws Exception {
    String pods =
        kubectl(
            "-n",
            "gra-runners",
            "get",
            "pods",
            "-o",
            "jsonpath={range .items[*]}{.metadata.uid} {.metadata.name}{\"\\n\"}{end}");
    return pods.lines()
        .filter(line -> line.startsWith(runner.getUid()))
        .map(line -> line.substring(line.indexOf(' ') + 1))
        .findFirst()
        .orElseThrow();
  }

  static List<String> kubectlExec(String pod, String... argv) {
    List<String> command =
        new ArrayList<>(List.of("kubectl", "-n", "gra-runners", "exec", pod, "-c", "runner", "--"));
    command.addAll(List.of(argv));
    return command;
  }

  private static void writePrivately(Path file, String text) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text);
  }

  private static String kubectl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("kubectl"));
    command.addAll(List.of(arguments));
    return Machine.run(Map.of(), command).strip();
  }

  @Override
  public void close() throws Exception {
    for (Process helper : helpers) {
      Machine.end(helper);
    }
    kubectl("-n", "gra", "delete", "serviceaccount", SUBJECT, "--ignore-not-found");
  }
}
