package dev.gra.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One exec, one trace, one span of its process, as Jaeger shows it, whatever happens on the way.
 */
@Tag("jaeger")
class JaegerTest {
  private static final Pattern SAID = Pattern.compile("gractl: trace ([0-9a-f]{32}): (\\S+)\n");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String EXEC_CALL = "gra.v1.ExecService/Exec";

  /** Longer than grad keeps spans back; a twin would have come by then. */
  private static final Duration TWINS_TIME = Duration.ofSeconds(4);

  @TempDir Path workspace;
  @TempDir Path aside;
  private Jaeger jaeger;
  private LocalGra gra;

  @BeforeEach
  void start() {
    jaeger = new Jaeger(aside.resolve("jaeger.log"));
    gra = LocalGra.stopped();
    gractl().run("local", "start", "--isolation", LocalGra.isolation()).succeeded();
  }

  @AfterEach
  void stop() {
    gra.close();
    jaeger.close();
  }

  private Gractl gractl() {
    return gra.gractl()
        .in(workspace)
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", jaeger.otlp())
        .with("GRA_TRACE_URL", jaeger.url() + "/trace/{trace}");
  }

  private static Matcher said(String err) {
    Matcher said = SAID.matcher(err);
    assertThat(said.find()).as(err).isTrue();
    return said;
  }

  /** The trace once it has all these spans. */
  private List<Jaeger.Span> traceWith(String id, String... names) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(jaeger.trace(id)).extracting(Jaeger.Span::name).contains(names));
    return jaeger.trace(id);
  }

  private static Jaeger.Span only(List<Jaeger.Span> trace, String name) {
    List<Jaeger.Span> named = trace.stream().filter(span -> span.name().equals(name)).toList();
    assertThat(named).as(name + " of " + trace).hasSize(1);
    return named.getFirst();
  }

  /** The span of the process, of which no other comes. */
  private Jaeger.Span processSpan(String trace) {
    traceWith(trace, "exec");
    await()
        .during(TWINS_TIME)
        .atMost(PATIENCE)
        .untilAsserted(() -> only(jaeger.trace(trace), "exec"));
    return only(jaeger.trace(trace), "exec");
  }

  private static void kill(long pid) {
    ProcessHandle handle = ProcessHandle.of(pid).orElseThrow();
    handle.destroyForcibly();
    await().until(() -> !handle.isAlive());
  }

  @Test
  void a_first_exec_shows_gractl_both_calls_the_runner_with_its_stages_the_link_and_the_process()
      throws Exception {
    Outcome outcome =
        gractl().run("exec", "--trace", "--", "sh", "-c", "echo out; exit 3").exitedWith(3);

    Matcher said = said(outcome.err());
    assertThat(jaeger.status(URI.create(said.group(2)))).isEqualTo(200);
    List<Jaeger.Span> trace =
        traceWith(said.group(1), "gractl exec", "runner create", "link open", "exec", EXEC_CALL);
    Jaeger.Span gractl = only(trace, "gractl exec");
    assertThat(gractl.parent()).isEmpty();
    assertThat(gractl.service()).isEqualTo("gractl");
    assertThat(gractl.tags()).containsEntry("process.exit.code", "3");
    Jaeger.Span ensure = only(trace, "gra.v1.RunnerService/EnsureRunner");
    assertThat(ensure.parent()).isEqualTo(gractl.id());
    Jaeger.Span creation = only(trace, "runner create");
    assertThat(creation.parent()).isEqualTo(ensure.id());
    assertThat(creation.events()).contains("ready");
    Jaeger.Span call = only(trace, EXEC_CALL);
    assertThat(call.parent()).isEqualTo(gractl.id());
    assertThat(call.service()).isEqualTo("grad");
    assertThat(only(trace, "link open").parent()).isEqualTo(call.id());
    Jaeger.Span process = only(trace, "exec");
    assertThat(process.parent()).isEqualTo(call.id());
    assertThat(process.tags())
        .containsAllEntriesOf(
            Map.of(
                "gra.exec.ending", "exited",
                "process.exit.code", "3",
                "gra.exec.stdout.bytes", "4",
                "error.type", "exit_code_3",
                "otel.status_code", "ERROR"));
  }

  @Test
  void endings_are_attributes_and_status() {
    String well = said(gractl().run("exec", "--trace", "--", "true").succeeded().err()).group(1);
    String late =
        said(gractl()
                .run("exec", "--trace", "--timeout", "1s", "--", "sleep", "60")
                .exitedWith(124)
                .err())
            .group(1);
    String killed =
        said(gractl().run("exec", "--trace", "--", "sh", "-c", "kill -9 $$").exitedWith(137).err())
            .group(1);

    assertThat(processSpan(well).tags())
        .containsEntry("gra.exec.ending", "exited")
        .containsEntry("process.exit.code", "0")
        .doesNotContainKeys("error", "error.type", "otel.status_code");
    assertThat(processSpan(late).tags())
        .containsEntry("gra.exec.ending", "timed_out")
        .containsEntry("error.type", "timed_out")
        .containsEntry("otel.status_code", "ERROR");
    assertThat(processSpan(killed).tags())
        .containsEntry("gra.exec.ending", "signalled")
        .containsEntry("gra.exec.signal", "9")
        .containsEntry("otel.status_code", "ERROR");
  }

  @Test
  void a_killed_gractl_s_exec_has_its_one_process_span_when_another_has_read_its_end()
      throws Exception {
    String trace;
    try (Gractl.Running killed =
        gractl().start("exec", "--trace", "--exec-id", "cut", "--", "sh", "-c", waiting())) {
      assertThat(killed.process().getInputStream().readNBytes(3)).asString().isEqualTo("up\n");
      trace = said(killed.err()).group(1);
      kill(killed.pid());
    }
    gractl().run("exec", "--", "touch", "go").succeeded();
    gractl().run("execs", "attach", "cut").exitedWith(7);

    assertThat(processSpan(trace).tags()).containsEntry("process.exit.code", "7");
  }

  @Test
  void a_killed_grad_s_exec_has_its_one_process_span_from_the_next_grad() throws Exception {
    try (Gractl.Running running = gractl().start("exec", "--trace", "--", "sh", "-c", waiting())) {
      assertThat(running.process().getInputStream().readNBytes(3)).asString().isEqualTo("up\n");
      kill(gra.pid());
      gractl().run("exec", "--", "touch", "go").succeeded();

      assertThat(running.exitCode()).as(running.err()).isEqualTo(7);
      assertThat(processSpan(said(running.err()).group(1)).tags())
          .containsEntry("process.exit.code", "7");
    }
  }

  @Test
  void a_grad_killed_after_it_told_the_end_leaves_no_twin() throws Exception {
    try (Gractl.Running running = gractl().start("exec", "--trace", "--", "sh", "-c", waiting())) {
      assertThat(running.process().getInputStream().readNBytes(3)).asString().isEqualTo("up\n");
      String trace = said(running.err()).group(1);
      running.signal("STOP"); // It can't acknowledge the end.
      gractl().run("exec", "--", "touch", "go").succeeded();
      traceWith(trace, "exec");
      kill(gra.pid());
      gractl().run("exec", "--", "true").succeeded();
      running.signal("CONT");

      assertThat(running.exitCode()).as(running.err()).isEqualTo(7);
      processSpan(trace);
    }
  }

  @Test
  void spans_of_the_command_s_own_are_in_the_trace_under_its_process() throws Exception {
    gractl().run("cp", Jaeger.python().toString(), ":python").succeeded();
    Path program =
        Files.writeString(
            workspace.resolve("step.py"),
            """
            import os
            from opentelemetry import trace
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import SimpleSpanProcessor
            from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

            provider = TracerProvider()
            provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
            parent = TraceContextTextMapPropagator().extract({"traceparent": os.environ["TRACEPARENT"]})
            with provider.get_tracer("step").start_as_current_span("own step", context=parent):
                print("in it")
            """);

    Outcome outcome =
        gractl()
            .run(
                "exec",
                "--trace",
                "--env",
                "PYTHONPATH=python",
                "--env",
                "OTEL_EXPORTER_OTLP_ENDPOINT=" + jaeger.otlp(),
                "--file",
                program.toString())
            .succeeded();

    List<Jaeger.Span> trace = traceWith(said(outcome.err()).group(1), "exec", "own step");
    assertThat(only(trace, "own step").parent()).isEqualTo(only(trace, "exec").id());
  }

  /** Says that it is up, and ends with 7 once there is a file. */
  private static String waiting() {
    return "echo up; until [ -e go ]; do sleep 0.1; done; exit 7";
  }
}
