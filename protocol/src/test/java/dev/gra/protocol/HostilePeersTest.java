package dev.gra.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.gra.v1.Attach;
import dev.gra.v1.Cursors;
import dev.gra.v1.Detached;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Start;
import dev.gra.v1.Stream;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * A peer that says anything at all is refused in one of three ways or does no harm: nothing else is
 * thrown, nothing grows without bound, no offset goes back or below zero.
 */
class HostilePeersTest {
  private static final int MOST_FRAMES = 300;

  @Property(tries = 4_000, edgeCases = EdgeCasesMode.NONE)
  void a_runner_withstands_any_client(@ForAll("choices") byte[] bytes) {
    Choices choices = new Choices(bytes);
    HostileHost host = new HostileHost();
    RunnerExec exec =
        new RunnerExec("exec", choices.below(4) * Limits.STDIN_WINDOW_BYTES / 4, host);
    long key = 0;
    boolean attached = false;
    while (!choices.exhausted()) {
      if (!attached) {
        key++;
        long attaching = key;
        Cursors cursors = Frames.cursors(choices.offset(host.end[0]), choices.offset(0));
        boolean writer = choices.below(3) != 2;
        attached =
            refusedOr(() -> exec.attach(attaching, new Joining(cursors, writer, 0, true, true)));
      }
      host.step(choices, exec);
      long current = key;
      ExecRequest request = request(choices, host.stdin, host.end[0]);
      if (attached && !refusedOr(() -> exec.receive(current, request))) {
        exec.close(key);
        attached = false;
      }
      int sent = 0;
      for (var next = exec.next(key); next.isPresent(); next = exec.next(key)) {
        host.check(next.get());
        assertThat(++sent).isLessThan(MOST_FRAMES);
      }
      attached &= exec.attached(key);
    }
    assertThat(exec.attachments()).isLessThanOrEqualTo((int) key);
  }

  @Property(tries = 4_000, edgeCases = EdgeCasesMode.NONE)
  void a_relay_withstands_any_client_and_any_runner(@ForAll("choices") byte[] bytes) {
    Choices choices = new Choices(bytes);
    Relay relay = null;
    long[] at = new long[2];
    long[] forwarded = new long[2];
    long held = 0;
    while (!choices.exhausted()) {
      if (relay == null) {
        try {
          Cursors cursors = Frames.cursors(choices.offset(0), 0);
          relay = new Relay(cursors);
          at = new long[] {cursors.getStdout(), 0};
          forwarded = at.clone();
          held = 0;
        } catch (ProtocolException e) {
          continue;
        }
      }
      Relay current = relay;
      long window = choices.between(1, 200_000);
      int index = choices.below(2);
      boolean kept =
          switch (choices.below(3)) {
            case 0 -> {
              ExecRequest request = request(choices, 0, at[index]);
              yield refusedOr(() -> checkPassed(current.fromClient(request, window)));
            }
            case 1 -> {
              ExecResponse response = response(choices, at[index], 0);
              boolean taken = refusedOr(() -> current.fromRunner(response));
              if (taken && response.hasOutput()) {
                var output = response.getOutput();
                at[Streams.index(output.getStream())] += output.getData().size();
                held += output.getData().size();
              }
              if (taken && response.hasGap()) {
                at[Streams.index(response.getGap().getStream())] = response.getGap().getTo();
              }
              yield taken;
            }
            default -> {
              forwarded[index] = at[index];
              current.forwarded(Streams.ALL.get(index), at[index], window);
              if (forwarded[0] == at[0] && forwarded[1] == at[1]) {
                held = 0;
                assertThat(current.underWay()).isZero();
              }
              yield true;
            }
          };
      assertThat(relay.underWay()).isNotNegative();
      assertThat(held).isLessThanOrEqualTo(4 * 200_000L);
      relay = kept ? relay : null;
    }
  }

  @Property(tries = 4_000, edgeCases = EdgeCasesMode.NONE)
  void a_client_withstands_any_server(@ForAll("choices") byte[] bytes) {
    Choices choices = new Choices(bytes);
    boolean writer = choices.below(2) == 1;
    long window = choices.between(1, 200_000);
    ClientExec exec =
        choices.below(2) == 1
            ? ClientExec.start(Start.newBuilder().setStdin(true).build(), window)
            : ClientExec.attach(Attach.newBuilder().setWriter(writer).build(), true, window);
    exec.connected();
    long[] unwritten = new long[2];
    Cursors before = exec.received();
    while (!choices.exhausted()) {
      ExecResponse response = response(choices, before.getStdout(), choices.below(100));
      try {
        if (exec.received(response) instanceof ClientExec.Bytes got) {
          int index = Streams.index(got.stream());
          unwritten[index] += got.data().size();
          assertThat(unwritten[index]).isLessThanOrEqualTo(window);
        }
      } catch (ProtocolException | CreditExceededException e) {
        assertThat(e).hasMessageNotContaining("\n");
        exec.connected();
      }
      Cursors now = exec.received();
      assertThat(now.getStdout()).isGreaterThanOrEqualTo(before.getStdout());
      assertThat(now.getStderr()).isGreaterThanOrEqualTo(before.getStderr());
      before = now;
      if (choices.below(2) == 1) {
        exec.written(Stream.STREAM_STDOUT, now.getStdout());
        exec.written(Stream.STREAM_STDERR, now.getStderr());
        unwritten = new long[2];
      }
      int room = exec.stdinRoom();
      assertThat(room).isBetween(0, (int) Limits.STDIN_WINDOW_BYTES);
      if (room > 0) {
        exec.stdin(Content.stdin(0, choices.below(room + 1)));
      }
      int said = 0;
      while (exec.next().isPresent()) {
        assertThat(++said).isLessThan(MOST_FRAMES);
      }
    }
  }

  @Provide
  Arbitrary<byte[]> choices() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
  }

  /** Answers whether it went through; a refusal is as good, anything else thrown fails the test. */
  private static boolean refusedOr(Runnable action) {
    try {
      action.run();
      return true;
    } catch (ProtocolException | CreditExceededException | NotTheWriterException e) {
      assertThat(e).hasMessageNotContaining("\n");
      return false;
    }
  }

  private static void checkPassed(Optional<ExecRequest> passed) {
    passed
        .filter(ExecRequest::hasCredit)
        .map(ExecRequest::getCredit)
        .ifPresent(
            credit -> {
              assertThat(credit.getConsumed()).isNotNegative();
              assertThat(credit.getUntil()).isNotNegative();
            });
  }

  private static ExecRequest request(Choices choices, long stdin, long output) {
    Stream stream = stream(choices);
    return switch (choices.below(13)) {
      case 0, 1, 2 -> Frames.stdin(choices.offset(stdin), data(choices));
      case 3 -> Frames.stdinEnd(choices.offset(stdin));
      case 4, 5, 6 -> Frames.credit(stream, choices.offset(0), choices.offset(output));
      case 7 -> Frames.closeOutput(stream);
      case 8 -> Frames.signal((int) choices.offset(64));
      case 9 -> Frames.cancel("x".repeat(choices.below(300)));
      case 10 -> choices.below(3) == 2 ? Frames.detach() : Frames.endedAck();
      case 11 -> Frames.attach(0, 0, true);
      default -> ExecRequest.getDefaultInstance();
    };
  }

  private static ExecResponse response(Choices choices, long output, long stdin) {
    Stream stream = stream(choices);
    return switch (choices.below(17)) {
      case 0, 1, 2 -> Frames.started(0, choices.below(100_000), choices.below(2) == 1);
      case 3 -> Frames.started(choices.offset(stdin), choices.offset(stdin), choices.below(2) == 1);
      case 4, 5, 6, 7 -> Frames.output(stream, choices.offset(output), data(choices));
      case 8, 9 -> Frames.gap(stream, choices.offset(output), choices.offset(output + 5));
      case 10, 11 -> Frames.stdinCredit(choices.offset(stdin), choices.offset(stdin));
      case 12 -> Frames.stdinClosed(choices.offset(stdin));
      case 13 -> Frames.detached(Detached.Reason.forNumber(choices.below(4)));
      case 15 -> Frames.outputEnd(stream, choices.offset(output));
      case 14 -> Frames.ended(Frames.exited(choices.below(1000), 0));
      default -> ExecResponse.getDefaultInstance();
    };
  }

  private static Stream stream(Choices choices) {
    return choices.below(16) == 15
        ? Stream.STREAM_UNSPECIFIED
        : Streams.ALL.get(choices.below(Streams.ALL.size()));
  }

  private static ByteString data(Choices choices) {
    return Content.stdin(0, choices.below(choices.below(8) == 7 ? 40_000 : 100));
  }
}
