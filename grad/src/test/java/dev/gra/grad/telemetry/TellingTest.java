package dev.gra.grad.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.gra.grad.fixture.RawExec;
import dev.gra.grad.fixture.TestServer;
import dev.gra.v1.ExecResponse;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class TellingTest {
  @Test
  void health_and_metrics_are_served_by_http() throws Exception {
    try (TestServer server = new TestServer()) {
      RawExec exec =
          new RawExec(server.execs(server.channel())).start(server.start("a", "1", "exit", "0"));
      exec.await(ExecResponse::hasEnded);

      assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
      assertThat(server.get("/health/ready").body()).contains("UP");
      assertThat(server.get("/nothing").statusCode()).isEqualTo(404);
      var metrics = server.get("/metrics");
      assertThat(metrics.headers().firstValue("content-type").orElseThrow())
          .startsWith("application/openmetrics-text; version=1.0.0");
      assertThat(metrics.body())
          .contains("gra_exec_endings_total{ending=\"exited\"} 1\n")
          .contains("\ngra_open_calls 1\n")
          .contains("\ngra_open_links 1\n")
          .contains("\njvm_threads_current ");
    }
  }

  private static LogRecord record(String message, Map<String, String> fields) {
    LogRecord record = new LogRecord(Level.INFO, message);
    record.setLoggerName("x");
    record.setParameters(new Object[] {new Log.Fields(fields)});
    return record;
  }

  @Test
  void a_line_for_machines_is_one_json_object_whatever_it_says() throws Exception {
    String line =
        LogFormat.JSON.formatter().format(record("a \"b\"\nc", Map.of("exec", "x\ty\u0001")));

    assertThat(line).endsWith("}\n").hasLineCount(1);
    assertThat(JSON.std.mapFrom(line))
        .containsEntry("message", "a \"b\"\nc")
        .containsEntry("level", "INFO")
        .containsEntry("exec", "x\ty\u0001");
  }

  @Test
  void a_line_for_people_is_one_line() {
    String line = LogFormat.TEXT.formatter().format(record("a\nb", Map.of("exec", "x y")));

    assertThat(line).hasLineCount(1).contains("INFO a b").contains("exec=\"x y\"");
  }
}
