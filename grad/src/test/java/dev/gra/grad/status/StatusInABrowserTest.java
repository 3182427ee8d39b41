package dev.gra.grad.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.gra.grad.fixture.Chromium;
import dev.gra.grad.fixture.RawExec;
import dev.gra.grad.fixture.Tab;
import dev.gra.grad.fixture.TestServer;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Stdin;
import dev.gra.v1.Stream;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A real server's page in a real browser. */
@Tag("browser")
class StatusInABrowserTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private TestServer server;
  private Chromium chromium;

  @BeforeEach
  void start() throws Exception {
    server = new TestServer();
    chromium = Chromium.start();
  }

  @AfterEach
  void stop() throws Exception {
    chromium.close();
    server.close();
  }

  private String address() {
    return "http://127.0.0.1:" + server.grad().httpPort() + "/status";
  }

  @Test
  void without_the_password_there_is_nothing_to_see() throws Exception {
    server.runner("secret-plan");
    Tab tab = chromium.tab().open(address());

    assertThat(tab.evaluate("document.documentElement.innerText.trim()"))
        .isEqualTo("no token. Try: any name, and your token as the password");
    assertThat(tab.evaluate("performance.getEntriesByType('resource').length")).isEqualTo(0);
  }

  @Test
  void bytes_grow_while_one_looks() throws Exception {
    RawExec exec = new RawExec(server.execs(server.channel()));
    exec.start(server.start("a", "grows", "cat").setStdin(true));
    exec.await(ExecResponse::hasStarted);
    exec.credit(Stream.STREAM_STDOUT, 0, 1 << 20);
    Tab tab = chromium.tab().password("anna-token").open(address());
    String shown = "+document.querySelector('#running td:nth-child(6) data').value";
    assertThat(tab.evaluate(shown)).isEqualTo(0);

    for (int i = 0; i < 2; i++) {
      exec.send(
          ExecRequest.newBuilder()
              .setStdin(
                  Stdin.newBuilder()
                      .setOffset(i * 5000L)
                      .setData(ByteString.copyFrom(new byte[5000]))));
      int now = (i + 1) * 5000;
      await().atMost(PATIENCE).until(() -> tab.evaluate(shown).equals(now));
    }
    assertThat(tab.evaluate("document.body.className")).isEqualTo("live");
    assertThat(tab.complaints()).isEmpty();
  }

  @Test
  void a_thousand_runners_are_shown_and_shown_anew() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      server.runner("workspace-" + i);
    }
    Tab tab = chromium.tab().password("anna-token").open(address());
    assertThat(tab.evaluate("document.querySelectorAll('#runners tbody tr').length"))
        .isEqualTo(1_000);

    server.runner("one-more");

    await()
        .atMost(PATIENCE)
        .until(() -> tab.evaluate("document.title").toString().contains("1,001 runners"));
    assertThat(tab.complaints()).isEmpty();
  }
}
