package dev.gra.grad.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.jr.ob.JSON;
import com.google.protobuf.ByteString;
import dev.gra.grad.fixture.RawExec;
import dev.gra.grad.fixture.TestServer;
import dev.gra.v1.Attach;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.ExecServiceGrpc;
import dev.gra.v1.GetRunnerRequest;
import dev.gra.v1.Script;
import dev.gra.v1.Start;
import dev.gra.v1.Stream;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
  @TempDir Path directory;
  private TestServer server;

  private Path file() {
    return directory.resolve("audit");
  }

  private void serve(Argv argv) throws IOException {
    AuditLog audit = AuditLog.to(Sink.file(file()), argv);
    server = new TestServer(TestServer.Options.standard().audit(audit));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RawExec call() {
    return new RawExec(server.execs(server.channel()));
  }

  private RawExec attach(String id, boolean writer) {
    return call()
        .send(
            ExecRequest.newBuilder()
                .setAttach(
                    Attach.newBuilder()
                        .setExecId(id)
                        .setRunner("a")
                        .setRunnerUid(server.runner("a").uid().value())
                        .setWriter(writer)));
  }

  /** Runs to its end, which the server says it has been told. */
  private void run(Start.Builder start) throws InterruptedException {
    RawExec exec = call().start(start);
    exec.await(ExecResponse::hasEnded);
    exec.ack();
    assertThat(exec.status().isOk()).isTrue();
  }

  /** Each line of the file, which ends whole lines only. */
  private List<Map<String, Object>> lines() throws IOException {
    List<Map<String, Object>> lines = new ArrayList<>();
    String text = Files.readString(file(), UTF_8);
    for (String line : text.lines().toList()) {
      lines.add(JSON.std.mapFrom(line));
    }
    assertThat(text.isEmpty() || text.endsWith("\n")).isTrue();
    assertThat(lines).allMatch(line -> line.get("logger").equals("dev.gra.audit"));
    for (Map<String, Object> line : lines) {
      assertThat(documented(line.get("event"))).containsAll(line.keySet());
    }
    return lines;
  }

  /** The members that docs/audit.md has for an event. */
  private static Set<String> documented(Object event) throws IOException {
    Set<String> members = new TreeSet<>();
    for (String row : Files.readAllLines(Path.of("../docs/audit.md"))) {
      String[] cells = row.split(" ?[|] ?", -1);
      if (cells.length == 5) {
        boolean here =
            cells[2].equals("all")
                || cells[2].contains("`" + event + "`")
                || (cells[2].contains("`exec.*`") && event.toString().startsWith("exec."));
        if (here) {
          members.addAll(List.of(cells[1].replace("`", "").split(", ")));
        }
      }
    }
    return members;
  }

  /** Those of an event, once the server has ended. */
  private List<Map<String, Object>> events(String event) throws IOException {
    server.close();
    return lines().stream().filter(line -> line.get("event").equals(event)).toList();
  }

  @Test
  void an_exec_has_a_line_at_its_start_and_one_at_its_end() throws Exception {
    serve(Argv.PROGRAM);
    String uid = server.runner("a").uid().value();
    run(server.start("a", "1", "exit", "3"));

    Map<String, Object> start = events("exec.start").getFirst();
    assertThat(start)
        .contains(
            entry("exec", "1"),
            entry("runner", "a"),
            entry("runnerUid", uid),
            entry("owner", "anna"),
            entry("by", "anna"),
            entry("client", "127.0.0.1"),
            entry("argv", List.of("exit")),
            entry("resumed", false),
            entry("confirmed", true));
    assertThat((String) start.get("trace")).hasSize(32);
    assertThat((String) start.get("time")).matches("20..-..-..T..:..:..[.]...Z");
    Map<String, Object> end = events("exec.end").getFirst();
    assertThat(end)
        .contains(
            entry("exec", "1"),
            entry("runnerUid", uid),
            entry("owner", "anna"),
            entry("trace", start.get("trace")),
            entry("ending", Map.of("kind", "exited", "code", 3)),
            entry("stdoutBytes", 0),
            entry("durationMillis", 1500),
            entry("cpuMillis", 250),
            entry("partial", false));
    assertThat(lines())
        .extracting(line -> line.get("event"))
        .containsExactly("exec.start", "exec.end");
  }

  @Test
  void however_many_attach_the_end_is_told_once() throws Exception {
    serve(Argv.PROGRAM);
    RawExec first = call().start(server.start("a", "1", "cat").setStdin(true));
    first.await(ExecResponse::hasStarted);
    RawExec second = attach("1", false);
    second.await(ExecResponse::hasStarted);
    RawExec third = call().start(server.start("a", "1", "cat").setStdin(true));
    third.await(ExecResponse::hasStarted);
    server.runnerd("a").exec("1").cancel("anna");
    second.await(ExecResponse::hasEnded);
    third.await(ExecResponse::hasEnded);
    attach("1", true).await(ExecResponse::hasEnded);

    assertThat(events("exec.end"))
        .singleElement()
        .extracting(line -> line.get("ending"))
        .isEqualTo(Map.of("kind", "cancelled", "by", "anna"));
    assertThat(events("exec.start"))
        .extracting(line -> line.get("resumed"))
        .containsExactly(false, true);
    assertThat(events("exec.attach"))
        .extracting(line -> line.get("writer"))
        .containsExactly(false, true);
  }

  @Test
  void an_admin_s_exec_for_an_owner_names_both() throws Exception {
    serve(Argv.PROGRAM);
    var olga = TestServer.as(ExecServiceGrpc.newStub(server.channel()), "olga-token");
    RawExec exec =
        new RawExec(TestServer.callingFor("anna", olga)).start(server.start("a", "1", "exit", "0"));
    exec.await(ExecResponse::hasEnded);

    for (String event : List.of("exec.start", "exec.end")) {
      assertThat(events(event))
          .singleElement()
          .satisfies(
              line -> assertThat(line).contains(entry("owner", "anna"), entry("by", "olga")));
    }
  }

  @Test
  void arguments_are_there_only_if_asked_for_and_other_secrets_never() throws Exception {
    for (Argv argv : Argv.values()) {
      Files.deleteIfExists(file());
      serve(argv);
      Start.Builder start = server.start("a", "1", "cat", "arg-secret").setStdin(true);
      start.putEnv("KEY", "env-secret");
      RawExec exec = call().start(start);
      exec.credit(Stream.STREAM_STDOUT, 0, 1 << 20);
      exec.await(ExecResponse::hasStarted);
      exec.send(
          ExecRequest.newBuilder()
              .setStdin(
                  dev.gra.v1.Stdin.newBuilder().setData(ByteString.copyFromUtf8("in-secret"))));
      exec.await(ExecResponse::hasOutput);
      Start.Builder script = server.start("a", "2", "script-arg");
      script.setScript(
          Script.newBuilder()
              .addInterpreter("python3")
              .addInterpreter("-u")
              .setContent(ByteString.copyFromUtf8("text-secret")));
      call().start(script).await(ExecResponse::hasEnded);
      List<Object> shown = events("exec.start").stream().map(line -> line.get("argv")).toList();

      assertThat(Files.readString(file()))
          .doesNotContain("env-secret", "in-secret", "text-secret", "anna-token");
      switch (argv) {
        case NONE -> assertThat(shown).containsExactly(null, null);
        case PROGRAM -> assertThat(shown).containsExactly(List.of("cat"), List.of("python3"));
        case ALL ->
            assertThat(shown)
                .containsExactly(
                    List.of("cat", "arg-secret"), List.of("python3", "-u", "script-arg"));
      }
    }
  }

  @Test
  void refused_calls_name_their_reason_and_whom_they_are_of_but_no_token() throws Exception {
    serve(Argv.PROGRAM);
    for (String token : List.of("stolen-token", "anna-token")) {
      Status status = refused(token);
      assertThat(status.isOk()).isFalse();
    }
    var bert = server.runners("bert-token");
    assertThat(status(() -> TestServer.callingFor("anna", bert).getRunner(wanted())))
        .isEqualTo(Status.Code.PERMISSION_DENIED);

    List<Map<String, Object>> refused = events("call.refused");
    assertThat(refused)
        .extracting(line -> line.get("reason"))
        .containsExactly("WRONG_TOKEN", "RUNNER_NOT_FOUND", "NOT_ADMIN");
    assertThat(refused)
        .extracting(line -> line.get("code"))
        .containsExactly("UNAUTHENTICATED", "NOT_FOUND", "PERMISSION_DENIED");
    assertThat(refused).extracting(line -> line.get("by")).containsExactly(null, "anna", "bert");
    assertThat(refused)
        .allMatch(line -> line.get("method").equals("gra.v1.RunnerService/GetRunner"))
        .allMatch(line -> line.get("client").equals("127.0.0.1"));
    assertThat(Files.readString(file())).doesNotContain("token");
  }

  private static GetRunnerRequest wanted() {
    return GetRunnerRequest.newBuilder().setName("nothing").build();
  }

  private Status refused(String token) {
    return Status.fromCode(status(() -> server.runners(token).getRunner(wanted())));
  }

  private static Status.Code status(Runnable call) {
    try {
      call.run();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  @Test
  void a_client_that_is_gone_before_the_runner_answers_has_its_line_nevertheless()
      throws Exception {
    serve(Argv.PROGRAM);
    Start.Builder start = server.start("a", "1", "wait");
    CountDownLatch reached = server.runtime().hold();
    RawExec exec = call().start(start);
    await().until(() -> server.runtime().connections() == 1);
    exec.cancel();
    await().until(() -> server.grad().openCalls() == 0);
    reached.countDown();
    await().until(() -> server.runnerd("a").exec("1") != null);

    assertThat(events("exec.start"))
        .singleElement()
        .satisfies(
            line ->
                assertThat(line)
                    .contains(entry("exec", "1"), entry("confirmed", false))
                    .doesNotContainKey("resumed"));
  }

  @Test
  void what_is_told_while_the_server_ends_is_not_lost() throws Exception {
    serve(Argv.PROGRAM);
    List<RawExec> execs = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      execs.add(call().start(server.start("a", "e" + i, "wait")));
    }
    for (RawExec exec : execs) {
      exec.await(ExecResponse::hasStarted);
    }
    for (int i = 0; i < 50; i++) {
      server.runnerd("a").exec("e" + i).cancel("test");
    }
    for (RawExec exec : execs) {
      exec.await(ExecResponse::hasEnded);
    }

    assertThat(events("exec.start")).hasSize(50);
    assertThat(events("exec.end")).hasSize(50);
  }
}
