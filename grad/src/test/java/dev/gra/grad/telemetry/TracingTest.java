package dev.gra.grad.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gra.grad.fixture.RawExec;
import dev.gra.grad.fixture.TestServer;
import dev.gra.v1.Attach;
import dev.gra.v1.EnsureRunnerRequest;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.TraceContext;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TracingTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String CALLER = "b7ad6b7169203331";

  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final TestServer server =
      new TestServer(
          TestServer.Options.standard()
              .tracing(new OtelTracing("test", SimpleSpanProcessor.create(exporter))));

  @AfterEach
  void stop() {
    server.close();
  }

  private RawExec traced() {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
        "00-" + TRACE + "-" + CALLER + "-01");
    headers.put(Metadata.Key.of("tracestate", Metadata.ASCII_STRING_MARSHALLER), "other=1");
    return new RawExec(
        server
            .execs(server.channel())
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers)));
  }

  private List<SpanData> spans(String name) {
    return exporter.getFinishedSpanItems().stream()
        .filter(span -> span.getName().equals(name))
        .toList();
  }

  @Test
  void one_trace_goes_from_the_caller_over_the_call_to_the_process() throws Exception {
    RawExec exec = traced().start(server.start("a", "1", "exit", "3"));
    exec.await(ExecResponse::hasEnded);
    exec.ack();
    exec.status();
    await().until(() -> spans("gra.v1.ExecService/Exec").size() == 1);

    SpanData call = spans("gra.v1.ExecService/Exec").getFirst();
    assertThat(call.getTraceId()).isEqualTo(TRACE);
    assertThat(call.getParentSpanId()).isEqualTo(CALLER);
    assertThat(call.getKind()).isEqualTo(SpanKind.SERVER);
    assertThat(call.getAttributes().get(AttributeKey.stringKey("rpc.system.name")))
        .isEqualTo("grpc");
    assertThat(call.getAttributes().get(AttributeKey.stringKey("rpc.response.status_code")))
        .isEqualTo("OK");
    SpanData process = spans("exec").getFirst();
    TraceContext told = server.runnerd("a").traces().getFirst();
    assertThat(process.getTraceId()).isEqualTo(TRACE);
    assertThat(process.getParentSpanId()).isEqualTo(call.getSpanId());
    assertThat(told.getTraceparent()).isEqualTo("00-" + TRACE + "-" + process.getSpanId() + "-01");
    assertThat(told.getTracestate()).contains("other=1");
    assertThat(process.getAttributes().get(AttributeKey.longKey("process.exit.code"))).isEqualTo(3);
    assertThat(process.getStatus()).isEqualTo(StatusData.error());
    assertThat(process.getAttributes().asMap().toString()).doesNotContain("exit, 3");
  }

  @Test
  void a_runner_s_creation_is_a_span_of_the_call_that_asked_for_it_with_its_stages() {
    var wish = EnsureRunnerRequest.newBuilder().setName("new").build();
    for (int i = 0; i < 2; i++) {
      server.runners("anna-token").ensureRunner(wish).forEachRemaining(response -> {});
    }
    await().until(() -> spans("gra.v1.RunnerService/EnsureRunner").size() == 2);

    // The second call found it: nothing was created.
    SpanData creation = spans("runner create").getFirst();
    assertThat(spans("runner create")).hasSize(1);
    assertThat(spans("gra.v1.RunnerService/EnsureRunner"))
        .filteredOn(call -> call.getSpanId().equals(creation.getParentSpanId()))
        .hasSize(1);
    assertThat(creation.getEvents()).extracting(EventData::getName).containsExactly("ready");
  }

  @Test
  void the_first_exec_of_a_runner_shows_that_a_link_was_opened_for_it() throws Exception {
    for (String id : List.of("1", "2")) {
      RawExec exec = traced().start(server.start("a", id, "exit", "0"));
      exec.await(ExecResponse::hasEnded);
      exec.ack();
      exec.status();
    }
    await().until(() -> spans("gra.v1.ExecService/Exec").size() == 2);

    SpanData link = spans("link open").getFirst();
    assertThat(spans("link open")).hasSize(1);
    assertThat(link.getTraceId()).isEqualTo(TRACE);
    assertThat(spans("gra.v1.ExecService/Exec"))
        .filteredOn(call -> call.getSpanId().equals(link.getParentSpanId()))
        .hasSize(1);
  }

  @Test
  void an_ending_that_is_told_twice_is_one_span() throws Exception {
    for (int i = 0; i < 2; i++) {
      RawExec exec = traced().start(server.start("a", "1", "exit", "0"));
      exec.await(ExecResponse::hasEnded);
      exec.halfClose();
      exec.status();
    }

    assertThat(spans("exec")).hasSize(1);
  }

  @Test
  void an_observer_tells_no_span() throws Exception {
    traced().start(server.start("a", "1", "wait")).await(ExecResponse::hasStarted);
    RawExec observer = traced();
    observer.send(
        ExecRequest.newBuilder()
            .setAttach(
                Attach.newBuilder()
                    .setExecId("1")
                    .setRunner("a")
                    .setRunnerUid(server.runner("a").uid().value())));
    observer.await(ExecResponse::hasStarted);
    server.runnerd("a").exec("1").cancel("test");
    observer.await(ExecResponse::hasEnded);
    await().until(() -> spans("exec").size() == 1);
  }

  @Test
  void a_second_server_tells_the_same_span_as_the_first_would() throws Exception {
    RawExec exec = traced().start(server.start("a", "1", "exit", "0"));
    var ended = exec.await(ExecResponse::hasEnded).getEnded();
    InMemorySpanExporter other = InMemorySpanExporter.create();
    try (OtelTracing second = new OtelTracing("test", SimpleSpanProcessor.create(other))) {
      second.process("1", "a", "uid", ended);
      SpanData theirs = other.getFinishedSpanItems().getFirst();
      SpanData ours = spans("exec").getFirst();
      assertThat(theirs.getSpanContext()).isEqualTo(ours.getSpanContext());
      assertThat(theirs.getParentSpanId()).isEqualTo(ours.getParentSpanId());
      assertThat(theirs.getStartEpochNanos()).isEqualTo(ours.getStartEpochNanos());
      assertThat(theirs.getEndEpochNanos()).isEqualTo(ours.getEndEpochNanos());
    }
  }

  @Test
  void without_tracing_the_callers_context_goes_to_the_process_as_it_is() throws Exception {
    try (TestServer plain = new TestServer()) {
      Metadata headers = new Metadata();
      String parent = "00-" + TRACE + "-" + CALLER + "-01";
      headers.put(Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER), parent);
      RawExec exec =
          new RawExec(
              plain
                  .execs(plain.channel())
                  .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers)));
      exec.start(plain.start("a", "1", "exit", "0")).await(ExecResponse::hasEnded);
      assertThat(plain.runnerd("a").traces().getFirst().getTraceparent()).isEqualTo(parent);
    }
  }
}
