package dev.gra.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.gra.protocol.Verification;
import dev.gra.v1.Attach;
import dev.gra.v1.Detached;
import dev.gra.v1.Start;
import dev.gra.v1.Stream;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RemoteExecTest {
  private static final byte[] RANDOM = randomBytes(3_000_000);

  private FakeGrad grad;
  private GraClient client;
  private final Collector sink = new Collector();

  @BeforeEach
  void connect() throws IOException {
    grad = new FakeGrad();
    client = GraClient.of(grad::endpoint);
  }

  @AfterEach
  void disconnect() {
    client.close();
    grad.close();
  }

  @Test
  void output_and_ending_arrive_and_the_ending_is_acknowledged() throws Exception {
    grad.program = start -> FakeExec.printing("out", "err").ending(FakeExec.exited(3));

    var outcome = finished(exec().run());

    assertThat(outcome.ended().getEnding().getExited().getCode()).isEqualTo(3);
    assertThat(outcome.verification()).isEqualTo(Verification.VERIFIED);
    assertThat(sink.stdout.toString(StandardCharsets.UTF_8)).isEqualTo("out");
    assertThat(sink.stderr.toString(StandardCharsets.UTF_8)).isEqualTo("err");
    // It is sent when run() returns; it arrives when it arrives.
    Awaitility.await().until(() -> grad.execs.get("x").acknowledged);
  }

  @Test
  void execs_that_end_well_share_one_connection() throws Exception {
    for (var id : List.of("x", "y", "z")) {
      var start = Start.newBuilder().setExecId(id).setRunner("r").setRunnerUid("u").addArgv("true");
      finished(client.exec(start.build(), ExecOptions.to(sink)).run());
    }

    assertThat(grad.openings).hasSize(3);
    assertThat(grad.connections).hasValue(1);
  }

  @Test
  void a_cut_in_mid_stream_is_resumed_at_the_cursor_and_the_command_runs_once() throws Exception {
    grad.program = start -> FakeExec.printing(RANDOM);
    grad.onAttachment =
        (number, attachment) -> attachment.breakAfter = number < 4 ? 700_000 : 1L << 40;

    var outcome = finished(exec().run());

    assertThat(outcome.verification()).isEqualTo(Verification.VERIFIED);
    assertThat(sink.stdout.toByteArray()).isEqualTo(RANDOM);
    assertThat(grad.openings).hasSize(4);
    assertThat(grad.openings.subList(1, 4)).allMatch(opening -> opening.hasAttach());
    assertThat(grad.openings.get(1).getAttach().getCursors().getStdout()).isGreaterThan(600_000);
  }

  @Test
  void bytes_that_come_twice_are_written_once() throws Exception {
    grad.program = start -> FakeExec.printing(RANDOM);
    grad.onAttachment =
        (number, attachment) -> {
          attachment.breakAfter = number == 1 ? 500_000 : 1L << 40;
          attachment.repeat = 100_000;
        };

    assertThat(finished(exec().run()).verification()).isEqualTo(Verification.VERIFIED);
    assertThat(sink.stdout.toByteArray()).isEqualTo(RANDOM);
  }

  @Test
  void a_killed_and_restarted_grad_is_found_again() throws Exception {
    grad.program = start -> FakeExec.endless("hello");
    RemoteExec exec = exec();
    var run = inBackground(exec);
    Awaitility.await().until(() -> sink.stdout.size() == 5);

    grad.kill();
    grad.restart();
    Awaitility.await().until(() -> grad.openings.size() >= 2);
    grad.execs.get("x").cancel("test");
    exec.cancel("test");

    var outcome = finished(run.join());
    assertThat(outcome.ended().getEnding().getCancelled().getBy()).isEqualTo("test");
    assertThat(outcome.verification()).isEqualTo(Verification.VERIFIED);
  }

  @Test
  void a_wrong_checksum_is_an_error_and_never_success() {
    grad.program =
        start -> {
          FakeExec exec = FakeExec.printing("out", "");
          exec.lyingChecksum = true;
          return exec;
        };

    assertThatThrownBy(() -> exec().run())
        .isInstanceOfSatisfying(
            GraException.class, e -> assertThat(e.reason()).isEqualTo("CHECKSUM_MISMATCH"));
  }

  @Test
  void a_superseded_writer_is_told_and_does_not_come_back() throws Exception {
    grad.program = start -> FakeExec.endless("");
    grad.onAttachment = (number, attachment) -> attachment.supersede = true;

    var left = (ExecOutcome.Left) exec().run();

    assertThat(left.reason()).isEqualTo(Detached.Reason.REASON_SUPERSEDED);
    assertThat(grad.openings).hasSize(1);
  }

  @Test
  void a_start_is_repeated_until_it_was_answered() throws Exception {
    grad.program = start -> FakeExec.printing("out", "");
    grad.refusal = number -> number <= 2 ? Optional.of(Status.UNAVAILABLE) : Optional.empty();

    finished(exec().run());

    assertThat(grad.openings).hasSize(3).allMatch(opening -> opening.hasStart());
  }

  @Test
  void what_the_server_decided_is_not_tried_again() {
    grad.refusal = number -> Optional.of(Status.ALREADY_EXISTS.withDescription("another spec"));

    assertThatThrownBy(() -> exec().run())
        .isInstanceOf(GraException.class)
        .hasMessage("another spec");
    assertThat(grad.openings).hasSize(1);
  }

  @Test
  void a_server_that_cannot_be_reached_any_more_is_given_up_in_time() throws Exception {
    grad.program = start -> FakeExec.endless("hello");
    var run =
        inBackground(
            client.exec(start(), ExecOptions.to(sink).giveUpAfter(Duration.ofMillis(500))));
    Awaitility.await().until(() -> sink.stdout.size() == 5);

    grad.kill();

    assertThatThrownBy(run::join)
        .cause()
        .isInstanceOfSatisfying(
            GraException.class,
            e -> {
              assertThat(e.reason()).isEqualTo("CONNECTION_LOST");
              assertThat(e.hint()).contains("gractl execs attach x");
            });
  }

  @Test
  void stdin_goes_over_whole_even_when_cut_in_the_middle() throws Exception {
    grad.program = start -> FakeExec.reading();
    grad.onAttachment = (number, attachment) -> attachment.breakAfterStdin = number * 800_000L;
    Start start = start().toBuilder().setStdin(true).build();
    var stdin = Channels.newChannel(new ByteArrayInputStream(RANDOM));

    finished(client.exec(start, ExecOptions.to(sink).stdin(stdin)).run());

    assertThat(grad.execs.get("x").stdin.toByteArray()).isEqualTo(RANDOM);
    assertThat(grad.openings.size()).isGreaterThan(3);
  }

  @Test
  void a_broken_stdin_cancels_the_command_rather_than_feign_an_end() {
    grad.program = start -> FakeExec.reading();
    Start start = start().toBuilder().setStdin(true).build();
    assertThatThrownBy(
            () -> client.exec(start, ExecOptions.to(sink).stdin(new BrokenChannel())).run())
        .isInstanceOfSatisfying(
            GraException.class, e -> assertThat(e.reason()).isEqualTo("STDIN_LOST"));
  }

  @Test
  void a_sink_that_takes_no_more_closes_the_commands_stream() throws Exception {
    grad.program = start -> FakeExec.printing(RANDOM);
    sink.refuseAfter = 100_000;

    var outcome = finished(exec().run());

    assertThat(outcome.verification()).isEqualTo(Verification.UNVERIFIED);
    assertThat(grad.execs.get("x").closed).containsExactly(Stream.STREAM_STDOUT);
    assertThat(sink.stdout.size()).isLessThan(RANDOM.length);
  }

  @Test
  void signals_and_detaching_reach_the_server() throws Exception {
    grad.program = start -> FakeExec.endless("hello");
    RemoteExec exec = exec();
    var run = inBackground(exec);
    Awaitility.await().until(() -> sink.stdout.size() == 5);

    exec.signal(2);
    exec.detach();

    var left = (ExecOutcome.Left) run.join();
    assertThat(left).isEqualTo(new ExecOutcome.Left(Detached.Reason.REASON_REQUESTED, true));
    assertThat(grad.execs.get("x").signals).containsExactly(2);
  }

  @Test
  void detaching_from_a_server_that_is_gone_does_not_wait_for_it() throws Exception {
    grad.program = start -> FakeExec.endless("hello");
    RemoteExec exec = exec();
    var run = inBackground(exec);
    Awaitility.await().until(() -> sink.stdout.size() == 5);
    grad.kill();

    exec.detach();

    var left = (ExecOutcome.Left) run.get(10, java.util.concurrent.TimeUnit.SECONDS);
    assertThat(left.confirmed()).isFalse();
  }

  @Test
  void an_attachment_in_the_middle_is_unverified() throws Exception {
    grad.execs.put("x", FakeExec.printing("0123456789", ""));
    Attach attach = Attach.newBuilder().setExecId("x").setWriter(true).build();
    Attach later =
        attach.toBuilder().setCursors(attach.getCursors().toBuilder().setStdout(4)).build();

    var outcome = finished(client.attach(later, ExecOptions.to(sink)).run());

    assertThat(outcome.verification()).isEqualTo(Verification.UNVERIFIED);
    assertThat(sink.stdout.toString(StandardCharsets.UTF_8)).isEqualTo("456789");
    assertThat(sink.firstOffset).isEqualTo(4);
  }

  @Test
  void each_call_carries_the_trace_context() throws Exception {
    TraceParent trace = TraceParent.random();

    client.exec(start(), ExecOptions.to(sink).trace(trace)).run();

    String sent =
        grad.headers
            .getFirst()
            .get(Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER));
    assertThat(sent).isEqualTo(trace.header());
  }

  @Test
  void no_thread_is_left_behind() throws Exception {
    finished(exec().run());
    client.close();

    Awaitility.await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().matches("gra-(output|stdin)-x")));
  }

  private RemoteExec exec() {
    return client.exec(start(), ExecOptions.to(sink));
  }

  private static Start start() {
    return Start.newBuilder()
        .setExecId("x")
        .setRunner("r")
        .setRunnerUid("u")
        .addArgv("cmd")
        .build();
  }

  private static ExecOutcome.Finished finished(ExecOutcome outcome) {
    return (ExecOutcome.Finished) outcome;
  }

  private static CompletableFuture<ExecOutcome> inBackground(RemoteExec exec) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return exec.run();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    new Random(42).nextBytes(bytes);
    return bytes;
  }

  private static final class Collector implements OutputSink {
    final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    final List<String> gaps = new ArrayList<>();
    long firstOffset = -1;
    int refuseAfter = Integer.MAX_VALUE;

    @Override
    public void write(Stream stream, long offset, ByteString data) throws IOException {
      firstOffset = firstOffset < 0 ? offset : firstOffset;
      var target = stream == Stream.STREAM_STDOUT ? stdout : stderr;
      if (target.size() >= refuseAfter) {
        throw new IOException("Broken pipe");
      }
      data.writeTo(target);
    }

    @Override
    public void gap(Stream stream, long from, long to) {
      gaps.add(stream + " " + from + ".." + to);
    }
  }

  private static final class BrokenChannel implements ReadableByteChannel {
    @Override
    public int read(ByteBuffer target) throws IOException {
      throw new IOException("the disk is gone");
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
