package dev.gra.grad.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.gra.grad.audit.Argv;
import dev.gra.grad.audit.AuditLog;
import dev.gra.grad.audit.Sink;
import dev.gra.grad.fixture.RawExec;
import dev.gra.grad.fixture.TestServer;
import dev.gra.grad.runner.EnsureRequest;
import dev.gra.v1.Detach;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Stdin;
import dev.gra.v1.Stream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusPageTest {
  private static final List<String> PATHS =
      List.of("/", "/status", "/status/style.css", "/status/live.js");

  @TempDir Path directory;
  private TestServer server;
  private Browsing browser;

  @BeforeEach
  void start() throws Exception {
    AuditLog audit = AuditLog.to(Sink.file(directory.resolve("audit")), Argv.ALL);
    server = new TestServer(TestServer.Options.standard().audit(audit));
    browser = new Browsing(server);
  }

  @AfterEach
  void stop() {
    browser.close();
    server.close();
  }

  private RawExec call() {
    return new RawExec(server.execs(server.channel()));
  }

  @Test
  void who_has_no_token_is_asked_for_it_and_shown_nothing() throws Exception {
    server.runner("secret-plan");
    for (String path : PATHS) {
      for (String authorization :
          List.of(
              "",
              "Bearer nobodys",
              "Basic",
              "Basic ???",
              "Basic " + Base64.getEncoder().encodeToString("anna-token".getBytes(UTF_8)),
              Browsing.basic(""),
              Browsing.basic("nobodys"),
              "Digest username=\"anna-token\"")) {
        HttpResponse<String> answer = browser.get(path, authorization);
        assertThat(answer.statusCode()).as(path + " " + authorization).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate").orElseThrow())
            .startsWith("Basic realm=");
        assertThat(answer.body()).hasLineCount(1).contains("Try: ").doesNotContain("secret");
      }
    }
  }

  @Test
  void a_token_opens_it_as_a_password_or_as_a_bearer_s() throws Exception {
    for (String path : PATHS) {
      for (String authorization : List.of(Browsing.basic("anna-token"), "Bearer anna-token")) {
        assertThat(browser.get(path, authorization).statusCode())
            .as(path)
            .isEqualTo(path.equals("/") ? 302 : 200);
      }
    }
  }

  @Test
  void a_wrong_token_has_a_line_in_the_audit_log_and_a_missing_one_has_none() throws Exception {
    assertThat(browser.get("/status", "").statusCode()).isEqualTo(401);
    assertThat(browser.get("/status", Browsing.basic("stolen")).statusCode()).isEqualTo(401);

    await().until(() -> !Files.readString(directory.resolve("audit")).isEmpty());
    assertThat(Files.readAllLines(directory.resolve("audit")))
        .singleElement()
        .asString()
        .contains("\"event\":\"call.refused\"", "\"method\":\"GET /status\"", "WRONG_TOKEN")
        .doesNotContain("stolen");
  }

  @Test
  void nothing_of_it_is_kept_framed_or_taken_from_elsewhere() throws Exception {
    for (String path : PATHS) {
      var headers = browser.get(path, "Bearer anna-token").headers();
      assertThat(headers.firstValue("Cache-Control")).hasValue("no-store");
      assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
      assertThat(headers.firstValue("Content-Security-Policy").orElseThrow())
          .contains("default-src 'none'", "frame-ancestors 'none'")
          .doesNotContain("unsafe", "http");
    }
  }

  @Test
  void one_sees_one_s_own_and_an_admin_everybody_s() throws Exception {
    server.runner("annas");
    server.runtime().ensure(TestServer.BERT, EnsureRequest.named("berts"), _ -> {});
    call().start(server.start("annas", "annas-exec", "wait")).next();
    RawExec ended = call().start(server.start("annas", "annas-ended", "exit", "3"));
    ended.await(ExecResponse::hasEnded);

    assertThat(browser.page("anna-token"))
        .contains("annas-exec", "annas-ended", "exit 3", ">annas<")
        .doesNotContain("berts");
    assertThat(browser.page("bert-token")).contains(">berts<").doesNotContain("annas");
    assertThat(browser.page("olga-token")).contains(">berts<", ">annas<", "annas-exec");
  }

  @Test
  void a_running_exec_s_bytes_are_of_now() throws Exception {
    RawExec exec = call().start(server.start("a", "grows", "cat").setStdin(true));
    exec.await(ExecResponse::hasStarted);
    exec.credit(Stream.STREAM_STDOUT, 0, 1 << 20);
    for (int i = 1; i <= 3; i++) {
      exec.send(
          ExecRequest.newBuilder()
              .setStdin(
                  Stdin.newBuilder()
                      .setOffset((i - 1) * 1000L)
                      .setData(ByteString.copyFrom(new byte[1000]))));
      String now = "<data value=\"" + i * 1000 + "\">";
      // Of stdin as of stdout.
      await().until(() -> browser.section("anna-token", "running").split(now, -1).length == 3);
    }
  }

  @Test
  void an_exec_that_nobody_is_attached_to_is_there_and_gone_when_it_ends() throws Exception {
    RawExec exec = call().start(server.start("a", "lonely", "wait"));
    exec.await(ExecResponse::hasStarted);
    exec.send(ExecRequest.newBuilder().setDetach(Detach.getDefaultInstance()));
    exec.status();

    await().until(() -> server.grad().openCalls() == 0);
    assertThat(browser.section("anna-token", "running")).contains("lonely").contains(">wait<");
    server.runnerd("a").exec("lonely").cancel("test");
    assertThat(browser.section("anna-token", "running")).doesNotContain("lonely");
  }

  @Test
  void a_runner_that_says_nothing_holds_nobody_up() throws Exception {
    server.runner("mute");
    server.runnerd("mute").mute();
    RawExec exec = call().start(server.start("well", "goes-on", "wait"));
    exec.await(ExecResponse::hasStarted);

    long begin = System.nanoTime();
    String running = browser.section("anna-token", "running");

    assertThat(running).contains("goes-on", "1 runner gave no answer in time");
    assertThat(System.nanoTime() - begin).isLessThan(5_000_000_000L);
  }

  @Test
  void traces_lead_where_traces_are_seen() throws Exception {
    call().start(server.start("a", "traced", "wait")).await(ExecResponse::hasStarted);

    assertThat(browser.section("anna-token", "running"))
        .containsPattern("href=\"http://localhost:16686/trace/[0-9a-f]{32}\"");
  }
}
