package dev.gra.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One exec, one trace. */
class TraceTest {
  private static final Pattern SAID = Pattern.compile("gractl: trace ([0-9a-f]{32})(: \\S+)?\n");

  private final Collector collector = new Collector();
  private final LocalGra gra = LocalGra.stopped();
  @TempDir Path workspace;

  @AfterEach
  void stop() {
    gra.close();
    collector.close();
  }

  private Gractl gractl() {
    return gra.gractl().in(workspace).with("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url());
  }

  @Test
  void an_exec_s_trace_has_gractl_s_the_runner_s_the_link_s_and_the_process_span() {
    gractl().run("local", "start", "--isolation", LocalGra.isolation()).succeeded();

    Outcome outcome =
        gractl()
            .with("GRA_TRACE_URL", "http://traces.test/trace/{trace}")
            .run("exec", "--trace", "--", "sh", "-c", "echo $TRACEPARENT; exit 3")
            .exitedWith(3);

    var said = SAID.matcher(outcome.err());
    assertThat(said.find()).as(outcome.err()).isTrue();
    String trace = said.group(1);
    assertThat(said.group(2)).isEqualTo(": http://traces.test/trace/" + trace);
    assertThat(outcome.out()).startsWith("00-" + trace + "-");
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(collector.spans(trace, "exec")).isEqualTo(1));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> collector.spans(trace, "gra.v1.ExecService/Exec") > 0);
    assertThat(collector.spans(trace, "gractl exec")).isEqualTo(1);
    assertThat(collector.spans(trace, "runner create")).isEqualTo(1);
    assertThat(collector.spans(trace, "link open")).isEqualTo(1);
  }
}
