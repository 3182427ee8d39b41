package dev.gra.grad.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.jr.ob.JSON;
import com.google.protobuf.ByteString;
import dev.gra.grad.fixture.RawExec;
import dev.gra.grad.fixture.TestServer;
import dev.gra.v1.EnsureRunnerRequest;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.GetRunnerRequest;
import dev.gra.v1.Stdin;
import dev.gra.v1.StdinEnd;
import dev.gra.v1.Stream;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

class MetricsTest {
  /** What Prometheus gives each sample, and buckets have. */
  private static final Set<String> OF_ALL = Set.of("job", "instance", "le");

  private static final Path TREE = Path.of("..");

  private final TestServer server = new TestServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private RawExec call() {
    return new RawExec(server.execs(server.channel()));
  }

  private void run(String id, String... argv) throws InterruptedException {
    RawExec exec = call().start(server.start("a", id, argv));
    exec.credit(Stream.STREAM_STDOUT, 0, 1 << 20);
    exec.await(ExecResponse::hasEnded);
    exec.ack();
    assertThat(exec.status().isOk()).isTrue();
  }

  private OpenMetrics metrics() throws Exception {
    return OpenMetrics.parse(server.get("/metrics").body());
  }

  /** Execs, a runner that is made and one that is adopted, a call that is refused. */
  private void somethingOfEverything() throws Exception {
    run("1", "exit", "0");
    run("2", "random", "100000");
    var runners = server.runners("anna-token");
    EnsureRunnerRequest wish = EnsureRunnerRequest.newBuilder().setName("b").build();
    runners.ensureRunner(wish).forEachRemaining(_ -> {});
    runners.ensureRunner(wish).forEachRemaining(_ -> {});
    assertThatThrownBy(
            () -> runners.getRunner(GetRunnerRequest.newBuilder().setName("nothing").build()))
        .isInstanceOf(StatusRuntimeException.class);
    // The count follows the answer.
    await()
        .until(
            () ->
                server
                    .get("/metrics")
                    .body()
                    .contains("method=\"gra.v1.RunnerService/GetRunner\",code=\"NOT_FOUND\"} 1\n"));
  }

  @Test
  void what_happens_is_counted_and_measured() throws Exception {
    somethingOfEverything();
    OpenMetrics metrics = metrics();

    assertThat(metrics.value("gra_exec_endings_total", "ending", "exited")).isEqualTo(2);
    assertThat(metrics.value("gra_exec_endings_total", "ending", "runner_lost")).isZero();
    assertThat(metrics.value("gra_exec_openings_total", "how", "started")).isEqualTo(2);
    assertThat(metrics.value("gra_exec_stream_bytes_total", "stream", "stdout")).isEqualTo(100_000);
    assertThat(metrics.value("gra_exec_start_seconds_count")).isEqualTo(2);
    assertThat(metrics.value("gra_exec_first_byte_seconds_count")).isEqualTo(1);
    assertThat(metrics.value("gra_exec_duration_seconds_count")).isEqualTo(2);
    assertThat(metrics.value("gra_exec_duration_seconds_sum")).isBetween(0.0001, 20.0);
    assertThat(metrics.value("gra_runner_ensures_total", "outcome", "created")).isEqualTo(1);
    assertThat(metrics.value("gra_runner_ensures_total", "outcome", "adopted")).isEqualTo(1);
    assertThat(metrics.value("gra_runner_creation_stage_seconds_count", "stage", "ready"))
        .isEqualTo(1);
    assertThat(metrics.value("gra_runners", "state", "ready")).isEqualTo(2);
    assertThat(metrics.value("gra_runners", "state", "failed")).isZero();
    assertThat(metrics.value("gra_open_links")).isEqualTo(1);
    assertThat(metrics.value("gra_link_opens_total")).isEqualTo(1);
    assertThat(metrics.value("gra_link_reconnects_total")).isZero();
    assertThat(metrics.value("gra_rpcs_total", "method", "gra.v1.ExecService/Exec", "code", "OK"))
        .isEqualTo(2);
    assertThat(metrics.value("process_resident_memory_bytes")).isGreaterThan(10 << 20);
    assertThat(metrics.value("gra_memory_limit_bytes"))
        .isGreaterThan(metrics.value("process_resident_memory_bytes"));
  }

  @Test
  void an_ending_counts_once_however_often_it_is_heard() throws Exception {
    run("1", "exit", "0");
    run("1", "exit", "0");

    assertThat(metrics().value("gra_exec_endings_total", "ending", "exited")).isEqualTo(1);
    assertThat(metrics().value("gra_exec_openings_total", "how", "resumed")).isEqualTo(1);
    assertThat(metrics().value("gra_exec_duration_seconds_count")).isEqualTo(1);
  }

  @Test
  void a_link_that_broke_and_is_opened_again_is_a_reconnect() throws Exception {
    run("1", "exit", "0");
    server.runnerd("a").breakLinks();
    await().until(() -> metrics().value("gra_open_links") == 0);
    run("2", "exit", "0");

    assertThat(metrics().value("gra_link_opens_total")).isEqualTo(2);
    assertThat(metrics().value("gra_link_reconnects_total")).isEqualTo(1);
    assertThat(metrics().value("gra_link_open_failures_total")).isZero();
  }

  @Test
  void a_client_that_gives_no_more_credit_is_a_stall_and_stdin_counts_to_the_runner()
      throws Exception {
    RawExec exec = call().start(server.start("a", "1", "cat").setStdin(true));
    exec.await(ExecResponse::hasStarted);
    exec.credit(Stream.STREAM_STDOUT, 0, 5);
    exec.send(
        ExecRequest.newBuilder()
            .setStdin(Stdin.newBuilder().setData(ByteString.copyFromUtf8("hello"))));
    exec.await(ExecResponse::hasOutput);

    assertThat(metrics().value("gra_exec_credit_stalls_total", "stream", "stdout", "by", "client"))
        .isEqualTo(1);
    assertThat(metrics().value("gra_exec_stream_bytes_total", "stream", "stdin")).isEqualTo(5);
    assertThat(metrics().value("gra_open_exec_streams")).isEqualTo(1);
    exec.send(ExecRequest.newBuilder().setStdinEnd(StdinEnd.newBuilder().setOffset(5)));
    exec.await(ExecResponse::hasEnded);
  }

  @Test
  void all_that_is_served_keeps_to_openmetrics() throws Exception {
    somethingOfEverything();
    metrics()
        .families()
        .forEach(
            (name, family) -> {
              assertThat(family.help()).as(name).isNotBlank();
              assertThat(name).doesNotEndWith("_total").endsWith(family.unit());
              if (name.endsWith("_seconds") || name.endsWith("_bytes")) {
                assertThat(family.unit()).as(name).isNotEmpty();
              }
              if (family.type().equals("histogram")) {
                buckets(name, family);
              }
            });
  }

  private static void buckets(String name, OpenMetrics.Family family) {
    Map<Map<String, String>, Double> last = new LinkedHashMap<>();
    for (OpenMetrics.Sample bucket : family.samples().get(name + "_bucket")) {
      Map<String, String> rest = new TreeMap<>(bucket.labels());
      assertThat(rest.remove("le")).isNotNull();
      assertThat(bucket.value()).isGreaterThanOrEqualTo(last.getOrDefault(rest, 0.0));
      last.put(rest, bucket.value());
    }
    for (OpenMetrics.Sample count : family.samples().get(name + "_count")) {
      assertThat(last).containsEntry(count.labels(), count.value());
    }
  }

  @Test
  void the_documented_metrics_are_the_served_ones() throws Exception {
    somethingOfEverything();
    Pattern row =
        Pattern.compile("\\| `([a-z_]+)` \\| ([a-z]+) \\| ((?:`[a-z]+`(?:, )?)*) ?\\| (.+) \\|");
    Map<String, String> documented = new LinkedHashMap<>();
    for (String line : Files.readAllLines(TREE.resolve("docs/metrics.md"))) {
      Matcher cells = row.matcher(line);
      if (cells.matches()) {
        Set<String> labels = Set.of(cells.group(3).replace("`", "").split(", "));
        documented.put(
            cells.group(1), described(cells.group(2), Set.copyOf(labels), cells.group(4)));
      }
    }
    Map<String, String> served = new TreeMap<>();
    metrics()
        .families()
        .forEach(
            (name, family) ->
                served.put(
                    name,
                    described(
                        family.type(),
                        family.labels().isEmpty() ? Set.of("") : family.labels(),
                        family.help())));

    assertThat(documented).containsExactlyEntriesOf(served);
  }

  private static String described(String type, Set<String> labels, String help) {
    return type + " " + labels.stream().sorted().toList() + " " + help;
  }

  @Test
  void what_the_dashboard_and_the_alerts_ask_for_is_served() throws Exception {
    somethingOfEverything();
    List<String> queries = new ArrayList<>();
    queries.addAll(queries(dashboard()));
    int ofDashboard = queries.size();
    queries.addAll(queries(alerts()));
    assertThat(ofDashboard).isGreaterThan(30);
    assertThat(queries.size() - ofDashboard).isGreaterThan(10);

    Map<String, List<OpenMetrics.Sample>> served = metrics().samples();
    for (String query : queries) {
      assertServed(query, served);
    }
  }

  private static Object dashboard() throws IOException {
    return JSON.std.anyFrom(Files.readString(TREE.resolve("kustomize/monitoring/dashboard.json")));
  }

  private static Object alerts() throws IOException {
    return new Yaml(new SafeConstructor(new LoaderOptions()))
        .load(Files.readString(TREE.resolve("kustomize/monitoring/alerts.yaml")));
  }

  /** All of them, wherever they are. */
  private static List<String> queries(Object node) {
    List<String> found = new ArrayList<>();
    switch (node) {
      case Map<?, ?> map ->
          map.forEach(
              (key, value) -> {
                boolean query = key.equals("expr") || key.equals("query");
                if (query && value instanceof String text && !text.equals("prometheus")) {
                  found.add(text);
                } else {
                  found.addAll(queries(value));
                }
              });
      case List<?> list -> list.forEach(each -> found.addAll(queries(each)));
      case null, default -> {}
    }
    return found;
  }

  private static void assertServed(String text, Map<String, List<OpenMetrics.Sample>> served) {
    Query query = Query.parse(text);
    assertThat(query.selectors()).as(text).isNotEmpty();
    Set<String> labels = new TreeSet<>(OF_ALL);
    for (Query.Selector selector : query.selectors()) {
      assertThat(served).as(text).containsKey(selector.metric());
      List<OpenMetrics.Sample> samples = served.get(selector.metric());
      labels.addAll(samples.getFirst().labels().keySet());
      for (Query.Match match : selector.matches()) {
        if (!OF_ALL.contains(match.label())) {
          assertThat(samples)
              .as(text)
              .anyMatch(sample -> sample.labels().containsKey(match.label()));
          values(match, samples, text);
        }
      }
    }
    assertThat(labels).as(text).containsAll(query.labels());
  }

  /** What is asked for by its name is there, also while it is 0. A code is gRPC's. */
  private static void values(Query.Match match, List<OpenMetrics.Sample> samples, String text) {
    for (String value : match.value().split("\\|", -1)) {
      if (match.label().equals("code")) {
        assertThat(Status.Code.values()).extracting(Enum::name).contains(value);
      } else {
        assertThat(samples)
            .as(text)
            .anyMatch(sample -> value.equals(sample.labels().get(match.label())));
      }
    }
  }

  @Test
  void a_query_of_what_is_not_there_would_be_noticed() throws Exception {
    somethingOfEverything();
    Map<String, List<OpenMetrics.Sample>> served = metrics().samples();
    assertServed("sum by (ending) (rate(gra_exec_endings_total{ending=\"exited\"}[5m]))", served);

    for (String wrong :
        List.of(
            "rate(gra_exec_endings[5m])",
            "sum by (owner) (gra_runners)",
            "gra_runners{phase=\"ready\"}",
            "gra_runners{state=\"asleep\"}",
            "sum(rate(gra_rpcs_total[5m])) / gra_rpc_total",
            "summ(gra_runners)",
            "sum(gra_runners",
            "rate(gra_rpcs_total[5 minutes])")) {
      assertThatThrownBy(() -> assertServed(wrong, served))
          .as(wrong)
          .isInstanceOfAny(AssertionError.class, IllegalArgumentException.class);
    }
  }
}
