package dev.gra.grad.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import dev.gra.grad.fixture.Errors;
import dev.gra.grad.fixture.RawExec;
import dev.gra.grad.fixture.TestServer;
import dev.gra.v1.Attach;
import dev.gra.v1.CancelExecRequest;
import dev.gra.v1.Cursors;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.GetExecRequest;
import dev.gra.v1.ListExecsRequest;
import dev.gra.v1.Script;
import dev.gra.v1.Signal;
import dev.gra.v1.Start;
import io.grpc.Status.Code;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@TestInstance(Lifecycle.PER_CLASS)
class ValidationTest {
  private final TestServer server = new TestServer();

  @AfterAll
  void stop() {
    server.close();
  }

  private static Script script(String... interpreter) {
    return Script.newBuilder().addAllInterpreter(List.of(interpreter)).build();
  }

  private static Duration seconds(long seconds) {
    return Duration.newBuilder().setSeconds(seconds).build();
  }

  private Start.Builder good() {
    return server.start("a", "ok", "exit", "0");
  }

  Stream<Arguments> bad() {
    return Stream.of(
        Arguments.of("exec_id", good().setExecId("")),
        Arguments.of("exec_id", good().setExecId("../up")),
        Arguments.of("exec_id", good().setExecId("x".repeat(65))),
        Arguments.of("runner", good().setRunner("")),
        Arguments.of("runner", good().setRunner("Not-Lower")),
        Arguments.of("runner_uid", good().setRunnerUid("")),
        Arguments.of("argv", good().clearArgv()),
        Arguments.of("argv", good().addArgv("a\0b")),
        Arguments.of("argv", good().addArgv("x".repeat(131_072))),
        Arguments.of(
            "argv",
            good().addAllArgv(IntStream.range(0, 9).mapToObj(_ -> "y".repeat(131_000)).toList())),
        Arguments.of(
            "argv", good().addAllArgv(IntStream.range(0, 65_536).mapToObj(_ -> "").toList())),
        Arguments.of("cwd", good().setCwd("a\0b")),
        Arguments.of("env", good().putEnv("", "x")),
        Arguments.of("env", good().putEnv("A=B", "x")),
        Arguments.of("env", good().putEnv("GRA_X", "x")),
        Arguments.of("env", good().putEnv("A", "x\0")),
        Arguments.of("env", good().putAllEnv(largeEnv(80))),
        Arguments.of("timeout", good().setTimeout(seconds(-1))),
        Arguments.of("timeout", good().setTimeout(seconds(0))),
        Arguments.of("timeout", good().setTimeout(seconds(Long.MAX_VALUE))),
        Arguments.of(
            "timeout", good().setTimeout(Duration.newBuilder().setSeconds(1).setNanos(-1))),
        Arguments.of("orphan_after", good().setOrphanAfter(seconds(0))),
        Arguments.of("orphan_after", good().setOrphanAfter(seconds(-2))),
        Arguments.of("output_mode", good().setOutputModeValue(77)),
        Arguments.of("output_mode", good().setLight(true).setOutputModeValue(2)),
        Arguments.of("orphan_after", good().setLight(true).setOrphanAfter(seconds(-1))),
        Arguments.of("orphan_after", good().setLight(true).setOrphanAfter(seconds(601))),
        Arguments.of("script", good().setLight(true).setScript(script("sh"))),
        Arguments.of("script.interpreter", good().setScript(script())),
        Arguments.of("script.interpreter", good().setScript(script(""))),
        Arguments.of(
            "script.file_name", good().setScript(script("sh").toBuilder().setFileName("../x"))),
        Arguments.of(
            "script.content",
            good()
                .setScript(
                    script("sh").toBuilder()
                        .setContent(ByteString.copyFrom(new byte[(1 << 20) + 1])))),
        Arguments.of("cursors.stdout", good().setCursors(Cursors.newBuilder().setStdout(-1))),
        Arguments.of("cursors.stderr", good().setCursors(Cursors.newBuilder().setStderr(-1))));
  }

  /** So many variables of 128 KB each. */
  private static Map<String, String> largeEnv(int count) {
    return IntStream.range(0, count)
        .boxed()
        .collect(Collectors.toMap(i -> "V" + i, _ -> "z".repeat(128_000)));
  }

  @ParameterizedTest(name = "{0} #{index}")
  @MethodSource("bad")
  void a_start_that_is_not_right_is_refused_and_its_field_named(String field, Start.Builder start) {
    Errors error = Errors.from(new RawExec(server.execs(server.channel())).start(start));

    assertThat(error.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(error.reason()).isEqualTo("INVALID_FIELD");
    assertThat(error.field()).isEqualTo(field);
    assertThat(error.description()).isNotBlank().doesNotContain("\n");
    assertThat(server.runnerd("a").exec("ok")).isNull();
  }

  @Test
  void an_attach_that_is_not_right_is_refused_and_its_field_named() {
    RawExec exec = new RawExec(server.execs(server.channel()));
    exec.send(
        ExecRequest.newBuilder()
            .setAttach(Attach.newBuilder().setExecId("1").setRunner("a").setRunnerUid("?")));

    assertThat(Errors.from(exec).field()).isEqualTo("runner_uid");
  }

  @Test
  void a_signal_that_is_none_ends_the_call_only() throws Exception {
    RawExec exec =
        new RawExec(server.execs(server.channel())).start(server.start("b", "1", "wait"));
    exec.await(ExecResponse::hasStarted);
    exec.send(ExecRequest.newBuilder().setSignal(Signal.newBuilder().setNumber(65)));

    assertThat(Errors.from(exec).field()).isEqualTo("signal.number");
    // The runner is told on its link, which the client's answer doesn't wait for.
    await().until(() -> server.runnerd("b").exec("1").attachments() == 0);
  }

  @Test
  void the_other_calls_name_their_fields_too() {
    var execs = server.blockingExecs();

    assertThat(Errors.from(() -> execs.getExec(GetExecRequest.getDefaultInstance())).field())
        .isEqualTo("runner");
    assertThat(
            Errors.from(() -> execs.getExec(GetExecRequest.newBuilder().setRunner("a").build()))
                .field())
        .isEqualTo("exec_id");
    assertThat(
            Errors.from(
                    () ->
                        execs.listExecs(
                            ListExecsRequest.newBuilder().setRunner("a").setPageSize(-1).build()))
                .field())
        .isEqualTo("page_size");
    assertThat(
            Errors.from(
                    () ->
                        execs.cancelExec(
                            CancelExecRequest.newBuilder()
                                .setRunner("a")
                                .setExecId("1")
                                .setBy("x".repeat(201))
                                .build()))
                .field())
        .isEqualTo("by");
  }
}
