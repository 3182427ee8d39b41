package dev.gra.grad.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.gra.grad.fixture.FakeExec;
import dev.gra.grad.fixture.RawExec;
import dev.gra.grad.fixture.TestServer;
import dev.gra.v1.Attach;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Stdin;
import dev.gra.v1.StdinEnd;
import dev.gra.v1.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExecStreamTest {
  private final TestServer server = new TestServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private RawExec call() {
    return new RawExec(server.execs(server.channel()));
  }

  @Test
  void an_exec_starts_ends_and_is_acknowledged() throws Exception {
    RawExec exec = call().start(server.start("a", "1", "exit", "3"));

    assertThat(exec.next().getStarted().getExecId()).isEqualTo("1");
    assertThat(exec.next().getEnded().getEnding().getExited().getCode()).isEqualTo(3);
    assertThat(exec.over()).isFalse();
    exec.ack();
    assertThat(exec.status().isOk()).isTrue();
    await().until(() -> server.runnerd("a").exec("1").wasAcknowledged());
  }

  @Test
  void random_output_arrives_whole_and_in_order() throws Exception {
    long size = 20_000_003;
    RawExec exec = call().start(server.start("a", "1", "random", String.valueOf(size)));
    exec.next();
    CRC32C crc = new CRC32C();
    long at = 0;
    exec.credit(Stream.STREAM_STDOUT, 0, 1 << 20);
    while (at < size) {
      var output = exec.next().getOutput();
      assertThat(output.getOffset()).isEqualTo(at);
      crc.update(output.getData().asReadOnlyByteBuffer());
      at += output.getData().size();
      exec.credit(Stream.STREAM_STDOUT, at, at + (1 << 20));
    }
    assertThat(exec.next().getEnded().getEnding().hasExited()).isTrue();
    assertThat(crc.getValue()).isEqualTo(FakeExec.crcOfRandom(size));
  }

  @Test
  void a_stream_s_end_comes_after_its_bytes_to_who_asked_for_it_and_again_after_a_cut()
      throws Exception {
    RawExec exec = call().start(server.start("a", "1", "mute", "5").setStdin(true));
    assertThat(exec.next().getStarted().getOutputEnds()).isFalse();
    exec.cancel();

    Attach.Builder attach =
        Attach.newBuilder()
            .setExecId("1")
            .setRunner("a")
            .setRunnerUid(server.runner("a").uid().value())
            .setWriter(true)
            .setOutputEnds(true);
    RawExec again = call().send(ExecRequest.newBuilder().setAttach(attach));
    assertThat(again.next().getStarted().getOutputEnds()).isTrue();
    again.credit(Stream.STREAM_STDOUT, 0, 1 << 20);
    assertThat(again.next().getOutput().getData().size()).isEqualTo(5);
    assertThat(again.next().getOutputEnd().getOffset()).isEqualTo(5);
    again.send(ExecRequest.newBuilder().setStdinEnd(StdinEnd.getDefaultInstance()));
    assertThat(again.await(ExecResponse::hasEnded).getEnded().getEnding().hasExited()).isTrue();
  }

  @Test
  void stdin_goes_in_and_comes_back() throws Exception {
    RawExec exec = call().start(server.start("a", "1", "cat").setStdin(true));
    assertThat(exec.next().getStarted().getStdinUntil()).isPositive();
    exec.credit(Stream.STREAM_STDOUT, 0, 1 << 20);
    exec.send(
        ExecRequest.newBuilder()
            .setStdin(Stdin.newBuilder().setData(ByteString.copyFromUtf8("hallo"))));
    exec.send(ExecRequest.newBuilder().setStdinEnd(StdinEnd.newBuilder().setOffset(5)));

    assertThat(exec.await(ExecResponse::hasOutput).getOutput().getData().toStringUtf8())
        .isEqualTo("hallo");
    assertThat(exec.await(ExecResponse::hasEnded).getEnded().getStdin().getBytes()).isEqualTo(5);
  }
}
