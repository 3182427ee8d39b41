package dev.gra.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.jr.ob.JSON;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person does with {@code gractl forward}: a page of a runner, in a browser. */
@Tag("browser")
class ForwardedPageTest {
  /** A page whose script fetches 40 more, many at once, as browsers do, and shows their sum. */
  private static final String SERVER =
      """
      import http.server
      PAGE = b'''<p id="sum">nothing</p><script>
      const numbers = [...Array(40).keys()].map(i => fetch('/' + i).then(r => r.json()));
      Promise.all(numbers).then(all =>
          document.getElementById('sum').textContent = 'the sum is ' + all.reduce((a, b) => a + b));
      </script>'''
      class Pages(http.server.BaseHTTPRequestHandler):
          def do_GET(self):
              name = self.path[1:]
              body = name.encode() if name.isdigit() else PAGE
              self.send_response(200)
              self.send_header('Content-Type', 'application/json' if name.isdigit() else 'text/html')
              self.end_headers()
              self.wfile.write(body)
      with http.server.ThreadingHTTPServer(('127.0.0.1', 0), Pages) as server:
          print('listening on', server.server_address[1], flush=True)
          server.serve_forever()
      """;

  @TempDir Path profile;

  @Test
  void a_browser_shows_a_page_that_a_runner_serves() throws Exception {
    try (LocalGra gra = LocalGra.started()) {
      gra.run("runners", "create", "pages").succeeded();
      int port = served(gra);
      try (var forward = gra.gractl().start("forward", "pages", port + ":0", "-o", "json")) {
        await().atMost(20, TimeUnit.SECONDS).until(() -> forward.err().contains(" leads to "));
        byte[] json = new byte[4096];
        int length = forward.process().getInputStream().read(json);
        var announced = JSON.std.mapFrom(new String(json, 0, length, UTF_8));
        assertThat(dom("http://127.0.0.1:" + announced.get("localPort") + "/"))
            .contains("the sum is 780");
        forward.signal("INT");
        assertThat(forward.exitCode()).as(forward.err()).isZero();
      }
    }
  }

  private static int served(LocalGra gra) {
    String id =
        gra.run("exec", "--runner", "pages", "--detach", "--code", SERVER)
            .succeeded()
            .out()
            .strip();
    Pattern told = Pattern.compile("listening on (\\d+)");
    Matcher port =
        await()
            .atMost(20, TimeUnit.SECONDS)
            .until(
                () -> told.matcher(gra.run("execs", "logs", "--runner", "pages", id).out()),
                Matcher::find);
    return Integer.parseInt(port.group(1));
  }

  /** The page as it is when its scripts are done. */
  private String dom(String address) throws Exception {
    Process chromium =
        new ProcessBuilder(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--user-data-dir=" + profile,
                "--virtual-time-budget=20000",
                "--dump-dom",
                address)
            .redirectError(profile.resolve("chromium.log").toFile())
            .start();
    chromium.getOutputStream().close();
    String dom = new String(chromium.getInputStream().readAllBytes(), UTF_8);
    assertThat(chromium.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return dom;
  }
}
