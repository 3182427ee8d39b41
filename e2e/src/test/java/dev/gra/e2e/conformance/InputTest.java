package dev.gra.e2e.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.gra.v1.ExecResponse.FrameCase;
import dev.gra.v1.Script;
import dev.gra.v1.Stream;
import io.grpc.Status;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputTest extends ConformanceTest {
  @Test
  void stdin_is_empty_unless_asked_for() {
    assertThat(api.run(Api.start(runner, "wc", "-c")).out().strip()).isEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 300_000, 1L << 30})
  void stdin_of_any_size_arrives_whole(long size) throws Exception {
    MessageDigest sum = MessageDigest.getInstance("SHA-256");
    try (RawExec exec = api.exec()) {
      exec.open(Api.start(runner, "sha256sum").setStdin(true));
      exec.credit(Stream.STREAM_STDOUT, 0, 1000).credit(Stream.STREAM_STDERR, 0, 1000);
      long until = exec.expect(FrameCase.STARTED).getStarted().getStdinUntil();
      byte[] block = new byte[32 * 1024];
      Random random = new Random(size);
      long sent = 0;
      while (sent < size) {
        while (sent == until) {
          until = exec.expect(FrameCase.STDIN_CREDIT).getStdinCredit().getUntil();
        }
        int length = (int) Math.min(block.length, Math.min(size, until) - sent);
        random.nextBytes(block);
        byte[] chunk = java.util.Arrays.copyOf(block, length);
        sum.update(chunk);
        exec.stdin(sent, chunk);
        sent += length;
      }
      exec.stdinEnd(sent);
      var outcome = exec.readAll().verified();
      assertThat(outcome.out()).startsWith(HexFormat.of().formatHex(sum.digest()));
      assertThat(outcome.ended.getStdin().getBytes()).isEqualTo(size);
    }
  }

  @Test
  void a_command_that_closes_stdin_early_says_so() {
    try (RawExec exec = api.exec()) {
      exec.open(Api.sh(runner, "head -c 1 >/dev/null; exec <&-; sleep 1; echo on").setStdin(true));
      exec.expect(FrameCase.STARTED);
      exec.stdin(0, new byte[32 * 1024]);
      var outcome = new RawExec.Outcome();
      exec.readUntilEnded(outcome);
      assertThat(outcome.out()).isEqualTo("on\n");
      assertThat(outcome.exitCode()).isZero();
    }
  }

  @Test
  void more_stdin_than_credit_is_refused() {
    try (RawExec exec = api.exec()) {
      exec.open(Api.start(runner, "sleep", "100").setStdin(true)).expect(FrameCase.STARTED);
      for (int i = 0; i < 40; i++) {
        exec.stdin(i * 32768L, new byte[32768]);
      }
      assertThat(exec.failure().getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }
  }

  @Test
  void arguments_arrive_as_they_are() {
    List<String> arguments =
        List.of(
            "a b",
            "quote\"s 'n \\ more",
            "new\nline",
            "",
            "ünï→",
            "$HOME `x` $(y)",
            "x".repeat(100 * 1024));
    var start = Api.start(runner, "printf", "%s\\0").addAllArgv(arguments);
    assertThat(api.run(start).verified().out()).isEqualTo(String.join("\0", arguments) + "\0");
  }

  @Test
  void a_large_script_runs_in_the_workspace() {
    String text =
        "import os, sys\nprint(os.getcwd() == os.environ.get('PWD', os.getcwd()), sys.argv[1:])\n";
    String padded = text + "#".repeat(900 * 1024) + "\nprint('end')\n";
    var start =
        Api.start(runner, "one", "t w o")
            .setScript(
                Script.newBuilder()
                    .setContent(ByteString.copyFrom(padded, UTF_8))
                    .addInterpreter("python3")
                    .setFileName("big.py"));
    assertThat(api.run(start).verified().out()).isEqualTo("True ['one', 't w o']\nend\n");
  }

  @Test
  void a_script_imports_modules_of_the_workspace() {
    api.run(Api.sh(runner, "echo 'answer = 42' >helper.py"));
    var start =
        Api.start(runner)
            .setScript(
                Script.newBuilder()
                    .setContent(ByteString.copyFromUtf8("import helper; print(helper.answer)"))
                    .addInterpreter("python3"));
    assertThat(api.run(start).verified().out()).isEqualTo("42\n");
  }

  @Test
  void environment_and_directory_are_the_command_s_own() {
    api.run(Api.sh(runner, "mkdir -p sub"));
    var start =
        Api.sh(runner, "basename $PWD; echo $FOO; echo $TRACEPARENT | wc -c")
            .setCwd("sub")
            .putEnv("FOO", "b r");
    assertThat(api.run(start).out()).isEqualTo("sub\nb r\n56\n");
  }
}
