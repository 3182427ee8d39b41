package dev.gra.e2e.conformance;

import com.google.protobuf.ByteString;
import dev.gra.v1.Attach;
import dev.gra.v1.Credit;
import dev.gra.v1.Ended;
import dev.gra.v1.EndedAck;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.ExecResponse.FrameCase;
import dev.gra.v1.ExecServiceGrpc;
import dev.gra.v1.Gap;
import dev.gra.v1.Start;
import dev.gra.v1.Started;
import dev.gra.v1.Stdin;
import dev.gra.v1.StdinEnd;
import dev.gra.v1.Stream;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/** One exec stream, frame by frame, with nothing done behind the test's back. */
final class RawExec implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long WINDOW = 4 << 20;

  /** What came of a command. */
  static final class Outcome {
    final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    final CRC32C[] crc = {new CRC32C(), new CRC32C()};
    final long[] bytes = new long[2];
    final List<Gap> gaps = new ArrayList<>();
    Started started;
    Ended ended;

    String out() {
      return stdout.toString(java.nio.charset.StandardCharsets.UTF_8);
    }

    String err() {
      return stderr.toString(java.nio.charset.StandardCharsets.UTF_8);
    }

    int exitCode() {
      if (!ended.getEnding().hasExited()) {
        throw new AssertionError("did not exit: " + ended + err());
      }
      return ended.getEnding().getExited().getCode();
    }

    /** Fails unless the totals are those of what came. */
    Outcome verified() {
      check("stdout", ended.getStdout(), 0);
      check("stderr", ended.getStderr(), 1);
      return this;
    }

    private void check(String name, dev.gra.v1.StreamTotals totals, int index) {
      if (totals.getBytes() != bytes[index] || totals.getCrc32C() != (int) crc[index].getValue()) {
        throw new AssertionError(
            name + ": " + bytes[index] + " bytes came, totals say " + totals + "; gaps " + gaps);
      }
    }
  }

  private sealed interface Event {}

  private record Message(ExecResponse response) implements Event {}

  private record Completed(Status status, StatusRuntimeException failure) implements Event {}

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final ClientCallStreamObserver<ExecRequest> requests;
  private final long[] received = new long[2];
  private final long[] credited = new long[2];
  private boolean keepOutput = true;

  RawExec(ExecServiceGrpc.ExecServiceStub stub) {
    requests = (ClientCallStreamObserver<ExecRequest>) stub.exec(new Responses());
  }

  private final class Responses implements ClientResponseObserver<ExecRequest, ExecResponse> {
    @Override
    public void beforeStart(ClientCallStreamObserver<ExecRequest> stream) {}

    @Override
    public void onNext(ExecResponse response) {
      events.add(new Message(response));
    }

    @Override
    public void onError(Throwable failure) {
      events.add(new Completed(Status.fromThrowable(failure), (StatusRuntimeException) failure));
    }

    @Override
    public void onCompleted() {
      events.add(new Completed(Status.OK, null));
    }
  }

  /** Only counts and sums from here on. */
  RawExec keepingNothing() {
    keepOutput = false;
    return this;
  }

  RawExec open(Start.Builder start) {
    return send(ExecRequest.newBuilder().setStart(start));
  }

  RawExec open(Attach.Builder attach) {
    received[0] = attach.getCursors().getStdout();
    received[1] = attach.getCursors().getStderr();
    return send(ExecRequest.newBuilder().setAttach(attach));
  }

  RawExec send(ExecRequest.Builder request) {
    requests.onNext(request.build());
    return this;
  }

  RawExec credit(Stream stream, long consumed, long until) {
    return send(
        ExecRequest.newBuilder()
            .setCredit(
                Credit.newBuilder().setStream(stream).setConsumed(consumed).setUntil(until)));
  }

  RawExec stdin(long offset, byte[] data) {
    return send(
        ExecRequest.newBuilder()
            .setStdin(Stdin.newBuilder().setOffset(offset).setData(ByteString.copyFrom(data))));
  }

  RawExec stdinEnd(long offset) {
    return send(ExecRequest.newBuilder().setStdinEnd(StdinEnd.newBuilder().setOffset(offset)));
  }

  RawExec acknowledge() {
    return send(ExecRequest.newBuilder().setEndedAck(EndedAck.getDefaultInstance()));
  }

  void halfClose() {
    requests.onCompleted();
  }

  /** Breaks the stream as a dying client does. */
  void cut() {
    requests.cancel("cut", null);
  }

  /** The next frame that isn't a Ping. */
  ExecResponse next() {
    return next(PATIENCE);
  }

  ExecResponse next(Duration patience) {
    while (true) {
      switch (take(patience)) {
        case Message(ExecResponse response) when response.hasPing() -> {}
        case Message(ExecResponse response) -> {
          return response;
        }
        case Completed(Status status, StatusRuntimeException failure) -> {
          if (failure != null) {
            throw failure;
          }
          throw new AssertionError("the stream ended: " + status);
        }
      }
    }
  }

  ExecResponse expect(FrameCase frame) {
    ExecResponse response = next();
    if (response.getFrameCase() != frame) {
      throw new AssertionError("expected " + frame + ", got " + response);
    }
    return response;
  }

  /** True if nothing but Ping comes within this time. */
  boolean quietFor(Duration time) throws InterruptedException {
    long deadline = System.nanoTime() + time.toNanos();
    while (true) {
      Event event = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (event == null) {
        return true;
      }
      if (!(event instanceof Message(ExecResponse response) && response.hasPing())) {
        return false;
      }
    }
  }

  /** The status that ends the stream, after any frames that come before it. */
  StatusRuntimeException failure() {
    while (true) {
      if (take(PATIENCE) instanceof Completed(Status status, StatusRuntimeException failure)) {
        if (failure == null) {
          throw new AssertionError("the stream ended without an error: " + status);
        }
        return failure;
      }
    }
  }

  void awaitCompletion() {
    while (true) {
      if (take(PATIENCE) instanceof Completed(Status status, StatusRuntimeException failure)) {
        if (failure != null) {
          throw failure;
        }
        return;
      }
    }
  }

  /** Gives credit as bytes come, until Ended, which it acknowledges. */
  Outcome readAll() {
    Outcome outcome = new Outcome();
    readUntilEnded(outcome);
    acknowledge();
    halfClose();
    awaitCompletion();
    return outcome;
  }

  void readUntilEnded(Outcome outcome) {
    for (int i = 0; i < 2; i++) {
      grant(i);
    }
    while (outcome.ended == null) {
      read(outcome);
    }
  }

  /** Reads one frame into the outcome, and gives credit. */
  ExecResponse read(Outcome outcome) {
    ExecResponse response = next();
    switch (response.getFrameCase()) {
      case STARTED -> outcome.started = response.getStarted();
      case OUTPUT -> {
        int index = response.getOutput().getStream() == Stream.STREAM_STDOUT ? 0 : 1;
        if (response.getOutput().getOffset() != received[index]) {
          throw new AssertionError(
              "offset " + response.getOutput().getOffset() + ", expected " + received[index]);
        }
        ByteString data = response.getOutput().getData();
        received[index] += data.size();
        outcome.bytes[index] += data.size();
        for (ByteBuffer part : data.asReadOnlyByteBufferList()) {
          outcome.crc[index].update(part);
        }
        if (keepOutput) {
          (index == 0 ? outcome.stdout : outcome.stderr).writeBytes(data.toByteArray());
        }
        if (received[index] + WINDOW / 2 > credited[index]) {
          grant(index);
        }
      }
      case GAP -> {
        int index = response.getGap().getStream() == Stream.STREAM_STDOUT ? 0 : 1;
        outcome.gaps.add(response.getGap());
        received[index] = response.getGap().getTo();
        grant(index);
      }
      case ENDED -> outcome.ended = response.getEnded();
      case STDIN_CREDIT, STDIN_CLOSED -> {}
      default -> throw new AssertionError("unexpected " + response);
    }
    return response;
  }

  private void grant(int index) {
    credited[index] = received[index] + WINDOW;
    credit(
        index == 0 ? Stream.STREAM_STDOUT : Stream.STREAM_STDERR, received[index], credited[index]);
  }

  private Event take(Duration patience) {
    try {
      Event event = events.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
      if (event == null) {
        throw new AssertionError("nothing came for " + patience);
      }
      return event;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public void close() {
    requests.cancel("test over", null);
  }
}
