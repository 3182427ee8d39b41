package bench;

import com.sun.net.httpserver.HttpServer;
import dev.gra.client.EndpointSource;
import dev.gra.client.GraClient;
import dev.gra.client.local.GraHome;
import dev.gra.client.local.GradFile;
import dev.gra.v1.Runner;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What it costs an exec that grad sends its spans to a collector: two grads, one with and one without. */
public final class TracingCost {
  private static final double MOST = 1.05;

  private final Path tree;
  private final String isolation;

  public TracingCost(Path tree, String isolation) {
    this.tree = tree;
    this.isolation = isolation;
  }

  /** One exec with, one without, and so on. */
  public void measure(Load without, Runner runner, int count, Report report) throws Exception {
    Path home = Files.createTempDirectory("gra-bench-");
    AtomicLong batches = new AtomicLong();
    HttpServer collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
          batches.incrementAndGet();
        });
    collector.start();
    String url = "http://127.0.0.1:" + collector.getAddress().getPort();
    Gractl gractl = new Gractl(tree, home, Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", url));
    try {
      gractl.startTrained(isolation);
      GradFile grad = GradFile.running(new GraHome(home)).orElseThrow();
      try (GraClient client = GraClient.of(EndpointSource.fixed(grad.endpoint()))) {
        Load with = new Load(client);
        compare(without, runner, with, with.ensure("bench"), count, report);
      }
      if (batches.get() == 0) {
        throw new IllegalStateException("no span came: nothing was measured");
      }
    } finally {
      gractl.run("local", "stop");
      collector.stop(0);
      Machine.delete(home);
    }
  }

  private static void compare(
      Load without, Runner one, Load with, Runner other, int count, Report report)
      throws Exception {
    List<Double> plain = new ArrayList<>();
    List<Double> traced = new ArrayList<>();
    for (int i = -count; i < count; i++) {
      double first = without.timeOfTrue(one);
      double second = with.timeOfTrue(other);
      if (i >= 0) {
        plain.add(first); // The first half is for the compilers.
        traced.add(second);
      }
    }
    double ratio = Report.percentile(traced, 50) / Report.percentile(plain, 50);
    report.add(
        "exec of true, traced, %,d one by one".formatted(count),
        "p50 <= 1.05 of untraced",
        "p50 %.2f ms, %.3f".formatted(Report.percentile(traced, 50), ratio),
        "untraced p50 %.2f ms".formatted(Report.percentile(plain, 50)),
        ratio <= MOST);
  }
}
