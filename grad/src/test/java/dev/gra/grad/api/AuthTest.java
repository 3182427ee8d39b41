package dev.gra.grad.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gra.grad.fixture.Errors;
import dev.gra.grad.fixture.RawExec;
import dev.gra.grad.fixture.TestServer;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Subject;
import dev.gra.v1.Cancel;
import dev.gra.v1.CancelExecRequest;
import dev.gra.v1.DeleteRunnerRequest;
import dev.gra.v1.EnsureRunnerRequest;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.ExecServiceGrpc;
import dev.gra.v1.GetRunnerRequest;
import dev.gra.v1.ListRunnersRequest;
import dev.gra.v1.Runner;
import dev.gra.v1.RunnerServiceGrpc;
import io.grpc.Status.Code;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthTest {
  private final TestServer server = new TestServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private static final GetRunnerRequest GET = GetRunnerRequest.newBuilder().setName("a").build();

  private static final EnsureRunnerRequest ENSURE =
      EnsureRunnerRequest.newBuilder().setName("a").build();

  @Test
  void no_token_and_a_wrong_one_are_refused() {
    var nobody = RunnerServiceGrpc.newBlockingStub(server.channel());

    assertThat(Errors.from(() -> nobody.getRunner(GET)).reason()).isEqualTo("NO_TOKEN");
    Errors wrong = Errors.from(() -> server.runners("guessed").getRunner(GET));
    assertThat(wrong.code()).isEqualTo(Code.UNAUTHENTICATED);
    assertThat(wrong.reason()).isEqualTo("WRONG_TOKEN");
    RawExec stream = new RawExec(ExecServiceGrpc.newStub(server.channel()));
    assertThat(Errors.from(stream).code()).isEqualTo(Code.UNAUTHENTICATED);
  }

  @Test
  void health_wants_no_token() {
    var health = HealthGrpc.newBlockingStub(server.channel());

    assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
        .isEqualTo(ServingStatus.SERVING);
    assertThat(
            health
                .check(HealthCheckRequest.newBuilder().setService("gra.v1.ExecService").build())
                .getStatus())
        .isEqualTo(ServingStatus.SERVING);
  }

  @Test
  void another_owners_runner_is_as_if_it_were_not_there() throws Exception {
    var annas = server.runner("a");
    var bert = server.runners("bert-token");

    assertThat(Errors.from(() -> bert.getRunner(GET)).code()).isEqualTo(Code.NOT_FOUND);
    assertThat(bert.listRunners(ListRunnersRequest.getDefaultInstance()).getRunnersList())
        .isEmpty();
    assertThat(
            Errors.from(
                    () -> bert.deleteRunner(DeleteRunnerRequest.newBuilder().setName("a").build()))
                .code())
        .isEqualTo(Code.NOT_FOUND);
    RawExec exec =
        new RawExec(TestServer.as(ExecServiceGrpc.newStub(server.channel()), "bert-token"));
    exec.start(server.start("a", "1", "exit", "0"));
    assertThat(exec.next().getEnded().getEnding().hasRunnerLost()).isTrue();
    assertThat(server.runnerd("a").exec("1")).isNull();
    assertThat(server.runners("anna-token").getRunner(GET).getRunner().getUid())
        .isEqualTo(annas.uid().value());
  }

  @Test
  void the_file_of_tokens_is_read_again_when_it_changes(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("tokens.json");
    write(file, "one", "anna");
    Tokens tokens = new Tokens(file);
    assertThat(tokens.subject("one")).contains(subject("anna"));
    assertThat(tokens.subject("two")).isEmpty();

    Path next = directory.resolve("next");
    write(next, "two", "bert");
    Files.move(next, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    assertThat(tokens.subject("one")).isEmpty();
    assertThat(tokens.subject("two")).contains(subject("bert"));
    assertThat(tokens.owners()).containsExactly(TestServer.BERT);
  }

  @Test
  void a_file_of_tokens_that_gets_broken_leaves_what_was(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("tokens.json");
    write(file, "one", "anna");
    Tokens tokens = new Tokens(file);
    Files.writeString(file, "{\"tokens\": [{\"sha256\": \"zz\"}]}");

    assertThat(tokens.subject("one")).contains(subject("anna"));
  }

  private static Subject subject(String name, String... groups) {
    return new Subject(new Owner(name), Set.of(groups));
  }

  @Test
  void a_token_may_belong_to_groups(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("tokens.json");
    write(file, "one", "anna\", \"groups\": [\"ops\"], \"x\": \"");

    assertThat(new Tokens(file).subject("one")).contains(subject("anna", "ops"));
  }

  @Test
  void a_member_of_the_admin_group_calls_for_an_owner_it_names() throws Exception {
    var annas = server.runner("a");
    var olga = server.runnersFor("olga-token", "anna");

    assertThat(olga.getRunner(GET).getRunner().getUid()).isEqualTo(annas.uid().value());
    assertThat(olga.getRunner(GET).getRunner().getOwner()).isEqualTo("anna");
    assertThat(Errors.from(() -> server.runners("olga-token").getRunner(GET)).code())
        .isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void what_an_admin_cancels_is_cancelled_by_the_admin() throws Exception {
    for (String exec : List.of("unary", "stream")) {
      new RawExec(server.execs(server.channel()))
          .start(server.start("a", exec, "wait"))
          .await(ExecResponse::hasStarted);
    }
    var blocking = ExecServiceGrpc.newBlockingStub(server.channel());
    var unary =
        TestServer.callingFor("anna", TestServer.as(blocking, "olga-token"))
            .cancelExec(CancelExecRequest.newBuilder().setRunner("a").setExecId("unary").build());
    assertThat(unary.getExec().getEnded().getEnding().getCancelled().getBy()).isEqualTo("olga");

    var stream =
        TestServer.callingFor(
            "anna", TestServer.as(ExecServiceGrpc.newStub(server.channel()), "olga-token"));
    RawExec writer = new RawExec(stream).start(server.start("a", "stream", "wait"));
    writer.await(ExecResponse::hasStarted);
    writer.send(ExecRequest.newBuilder().setCancel(Cancel.getDefaultInstance()));
    var ending = writer.await(ExecResponse::hasEnded).getEnded().getEnding();
    assertThat(ending.getCancelled().getBy()).isEqualTo("olga");
  }

  @Test
  void nobody_else_calls_for_another_owner() throws Exception {
    server.runner("a");

    Errors refused = Errors.from(() -> server.runnersFor("bert-token", "anna").getRunner(GET));
    assertThat(refused.code()).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(refused.reason()).isEqualTo("NOT_ADMIN");
    assertThat(server.runnersFor("anna-token", "anna").getRunner(GET).getRunner().getName())
        .isEqualTo("a");
    Errors invalid =
        Errors.from(() -> server.runnersFor("olga-token", "x".repeat(300)).getRunner(GET));
    assertThat(invalid.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(invalid.field()).isEqualTo("owner");
  }

  @Test
  void a_member_of_the_admin_group_sees_all_owners_runners_page_by_page() throws Exception {
    for (String owner : List.of("anna", "bert", "olga")) {
      server.runnersFor(owner + "-token", owner).ensureRunner(ENSURE).forEachRemaining(_ -> {});
    }
    var all = ListRunnersRequest.newBuilder().setAllOwners(true).setPageSize(2);
    var olga = server.runners("olga-token");

    var first = olga.listRunners(all.build());
    var second = olga.listRunners(all.setPageToken(first.getNextPageToken()).build());

    assertThat(first.getRunnersList()).extracting(Runner::getOwner).containsExactly("anna", "bert");
    assertThat(second.getRunnersList()).extracting(Runner::getOwner).containsExactly("olga");
    assertThat(second.getNextPageToken()).isEmpty();
    assertThat(Errors.from(() -> server.runners("bert-token").listRunners(all.build())).reason())
        .isEqualTo("NOT_ADMIN");
  }

  private static void write(Path file, String token, String subject) throws Exception {
    String hash = HexFormat.of().formatHex(Tokens.sha256(token));
    Files.writeString(
        file, "{\"tokens\": [{\"sha256\": \"" + hash + "\", \"subject\": \"" + subject + "\"}]}");
  }
}
