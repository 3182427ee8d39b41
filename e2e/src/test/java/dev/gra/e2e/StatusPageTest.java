package dev.gra.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page of a real grad, about real runners. */
class StatusPageTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern SAID =
      Pattern.compile("status page: (http://\\S+), for any name with the password that is in (.+)");
  private static final Pattern STDOUT = Pattern.compile("<td>–</td><td><data value=\"(\\d+)\">");

  private final HttpClient browser = HttpClient.newHttpClient();

  private String page(Matcher said) throws Exception {
    String password = Files.readString(Path.of(said.group(2))).strip();
    String pair = Base64.getEncoder().encodeToString(("me:" + password).getBytes(UTF_8));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(said.group(1)))
            .header("Authorization", "Basic " + pair)
            .build();
    return browser.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private long stdout(Matcher said) throws Exception {
    Matcher bytes = STDOUT.matcher(page(said));
    return bytes.find() ? Long.parseLong(bytes.group(1)) : -1;
  }

  @Test
  void it_is_where_local_status_says_and_shows_a_detached_command_s_bytes_grow() throws Exception {
    try (LocalGra gra = LocalGra.started()) {
      Matcher said = SAID.matcher(gra.run("local", "status").succeeded().out());
      assertThat(said.find()).isTrue();
      assertThat(page(said)).contains("Nothing runs", "No runners");

      gra.run("runners", "create", "seen").succeeded();
      gra.run("exec", "--runner", "seen", "--", "sh", "-c", "exit 3").exitedWith(3);
      gra.run(
              "exec",
              "--runner",
              "seen",
              "--detach",
              "--",
              "sh",
              "-c",
              "while echo x; do sleep 0.1; done")
          .succeeded();

      assertThat(page(said))
          .contains(">seen<", ">exit 3<", "<code>sh</code>")
          .doesNotContain("echo");
      long before = stdout(said);
      assertThat(before).isGreaterThanOrEqualTo(0);
      await().atMost(PATIENCE).until(() -> stdout(said) > before + 4);
    }
  }
}
