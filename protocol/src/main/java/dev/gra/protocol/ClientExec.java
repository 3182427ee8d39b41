package dev.gra.protocol;

import com.google.protobuf.ByteString;
import dev.gra.v1.Attach;
import dev.gra.v1.Cancel;
import dev.gra.v1.CloseOutput;
import dev.gra.v1.Cursors;
import dev.gra.v1.Detach;
import dev.gra.v1.Detached;
import dev.gra.v1.Ended;
import dev.gra.v1.EndedAck;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Signal;
import dev.gra.v1.Start;
import dev.gra.v1.Started;
import dev.gra.v1.Stdin;
import dev.gra.v1.StdinEnd;
import dev.gra.v1.Stream;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/**
 * The client's side of one exec, over as many connections as it takes. The host opens a connection,
 * calls {@link #connected}, then sends what {@link #next} says and passes in what comes; after a
 * cut it does so again. It tells by {@link #written} what its own writes have taken.
 */
public final class ClientExec {
  /** What a frame from the server means to the host. */
  public sealed interface Event {}

  /** Nothing to do. */
  public record Nothing() implements Event {}

  /** The exec is there; stdin may be offered as {@link #stdinRoom} says. */
  public record Running(Started started) implements Event {}

  /** New bytes to write, ending at absolute offset {@code end}: tell {@link #written} then. */
  public record Bytes(Stream stream, long end, ByteString data) implements Event {}

  /**
   * Bytes that will not come; tell {@link #written} with {@code to} when what was before them is
   * written.
   */
  public record Missing(Stream stream, long from, long to) implements Event {}

  /** The command goes on without this stream, of which {@code end} bytes were all. Told once. */
  public record OutputOver(Stream stream, long end) implements Event {}

  /** There may be more room for stdin now. */
  public record StdinRoom() implements Event {}

  /** The command takes no more stdin. */
  public record StdinOver() implements Event {}

  /** This attachment is over; the exec goes on. */
  public record Left(Detached.Reason reason) implements Event {}

  /** The exec has ended, and every byte came before. */
  public record Over(Ended ended, Verification verification) implements Event {}

  private static final Nothing NOTHING = new Nothing();
  private static final int MAX_SIGNALS = 16;

  private final Start start;
  private final String execId;
  private final String runner;
  private final String runnerUid;
  private final boolean writer;
  private final Map<Stream, OutputReceiver> outputs = new EnumMap<>(Stream.class);
  private final StdinSender stdin;
  private final Queue<Integer> signals = new ArrayDeque<>();
  private final Queue<CloseOutput> closesDue = new ArrayDeque<>();

  private boolean everStarted;
  private long writerEpoch;
  private boolean started;
  private boolean lastCame;
  private boolean openingDue;
  private String cancelledBy;
  private boolean cancelDue;
  private boolean detaching;
  private boolean detachDue;
  private Detached.Reason left;
  private Ended ended;
  private boolean acknowledged;

  private ClientExec(Start start, Attach attach, boolean stdin, long window) {
    this.start = start;
    this.execId = start == null ? attach.getExecId() : start.getExecId();
    this.runner = start == null ? attach.getRunner() : start.getRunner();
    this.runnerUid = start == null ? attach.getRunnerUid() : start.getRunnerUid();
    this.writer = start != null || attach.getWriter();
    if (window < 1 || window > Limits.MAX_WINDOW_BYTES) {
      throw new IllegalArgumentException(
          "window " + window + " is not in 1.." + Limits.MAX_WINDOW_BYTES);
    }
    Cursors cursors = start == null ? attach.getCursors() : start.getCursors();
    for (Stream stream : Streams.ALL) {
      outputs.put(stream, new OutputReceiver(stream, Streams.cursor(cursors, stream), window));
    }
    this.stdin = new StdinSender(stdin && writer, start != null);
  }

  /**
   * Runs a command.
   *
   * @param window how many bytes of each stream may be on their way, 1 to 16 MiB
   */
  public static ClientExec start(Start start, long window) {
    Start asking = start.toBuilder().setOutputEnds(true).build();
    return new ClientExec(asking, null, start.getStdin(), window);
  }

  /**
   * Joins an exec.
   *
   * @param stdin whether this client goes on with its stdin (only as the writer)
   * @param window how many bytes of each stream may be on their way, 1 to 16 MiB
   */
  public static ClientExec attach(Attach attach, boolean stdin, long window) {
    return new ClientExec(null, attach, stdin, window);
  }

  /** A connection is open: what was under way on an earlier one is said again. */
  public void connected() {
    openingDue = true;
    started = false;
    lastCame = false;
    closesDue.clear();
    outputs.forEach(
        (stream, output) -> {
          output.reconnected();
          if (output.closed() && writer) {
            closesDue.add(CloseOutput.newBuilder().setStream(stream).build());
          }
        });
    cancelDue = cancelledBy != null;
    detachDue = detaching;
  }

  /** The next frame to send on the open connection, if any. */
  public Optional<ExecRequest> next() {
    if (openingDue) {
      openingDue = false;
      return Optional.of(opening());
    }
    if (lastCame && ended == null) {
      return Optional.empty();
    }
    ExecRequest control = control();
    if (control != null) {
      return Optional.of(control);
    }
    if (ended == null) {
      for (OutputReceiver output : outputs.values()) {
        if (output.creditDue()) {
          return Optional.of(ExecRequest.newBuilder().setCredit(output.takeCredit()).build());
        }
      }
    }
    return started && ended == null ? Optional.ofNullable(stdinFrame()) : Optional.empty();
  }

  /**
   * A frame from the server.
   *
   * @throws ProtocolException or {@link CreditExceededException} if it can't be: the host drops the
   *     connection
   */
  public Event received(ExecResponse response) {
    requireInOrder(response);
    return switch (response.getFrameCase()) {
      case STARTED -> {
        stdin.started(response.getStarted());
        started = true;
        everStarted = true;
        writerEpoch = response.getStarted().getWriterEpoch();
        yield new Running(response.getStarted());
      }
      case OUTPUT -> output(response.getOutput().getStream()).take(response.getOutput());
      case GAP -> output(response.getGap().getStream()).take(response.getGap());
      case OUTPUT_END -> output(response.getOutputEnd().getStream()).take(response.getOutputEnd());
      case STDIN_CREDIT -> {
        stdin.credit(response.getStdinCredit().getConsumed(), response.getStdinCredit().getUntil());
        yield new StdinRoom();
      }
      case STDIN_CLOSED -> {
        stdin.close();
        yield new StdinOver();
      }
      case DETACHED -> {
        lastCame = true;
        yield left(response.getDetached().getReason());
      }
      case ENDED -> {
        lastCame = true;
        ended = response.getEnded();
        everStarted = true;
        started = true;
        stdin.close();
        yield new Over(ended, verify(ended));
      }
      case PING -> NOTHING;
      case FRAME_NOT_SET -> throw new ProtocolException("unknown frame");
    };
  }

  /** The host's write of this stream's bytes up to {@code upTo} returned. */
  public void written(Stream stream, long upTo) {
    output(stream).consumed(upTo);
  }

  /** How many bytes of stdin may be offered now. */
  public int stdinRoom() {
    return ended == null ? stdin.room() : 0;
  }

  /** True while stdin may be offered some day. */
  public boolean stdinOpen() {
    return ended == null && stdin.open();
  }

  /** Bytes for the command's stdin, at most {@link #stdinRoom}. */
  public void stdin(ByteString data) {
    stdin.offer(data);
  }

  /** No more bytes for stdin. */
  public void stdinEnd() {
    stdin.sourceEnded();
  }

  /**
   * The host wants no more of a stream: the writer's command fails at its next write there; an
   * observer, which has no say in that, discards what comes.
   */
  public void closeOutput(Stream stream) {
    OutputReceiver output = output(stream);
    if (!output.closed()) {
      output.close(writer);
      if (writer) {
        closesDue.add(CloseOutput.newBuilder().setStream(stream).build());
      }
    }
  }

  /** Sends a signal, 1 to 64. One that was on its way when the connection broke may be lost. */
  public void signal(int number) {
    if (number < 1 || number > 64) {
      throw new IllegalArgumentException("signal " + number + " is not in 1..64");
    }
    if (signals.size() < MAX_SIGNALS) {
      signals.add(number);
    }
  }

  /** Ends the command. Said again after a cut, until it has ended. */
  public void cancel(String by) {
    if (by.codePointCount(0, by.length()) > Limits.CANCEL_BY_CHARACTERS) {
      throw new IllegalArgumentException(
          "more than " + Limits.CANCEL_BY_CHARACTERS + " characters");
    }
    if (cancelledBy == null) {
      cancelledBy = by;
      cancelDue = true;
    }
  }

  /** Leaves the exec running. */
  public void detach() {
    if (!detaching) {
      detaching = true;
      detachDue = true;
    }
  }

  /**
   * True once the server has answered, on any connection, that the exec is there: it must not be
   * started again.
   */
  public boolean everStarted() {
    return everStarted;
  }

  /**
   * True if nothing is left to do: the ending was acknowledged, or this attachment is over for
   * good.
   */
  public boolean finished() {
    return acknowledged || left != null;
  }

  /** Where to go on: everything before has been received. */
  public Cursors received() {
    return Cursors.newBuilder()
        .setStdout(outputs.get(Stream.STREAM_STDOUT).received())
        .setStderr(outputs.get(Stream.STREAM_STDERR).received())
        .build();
  }

  private void requireInOrder(ExecResponse response) {
    if (lastCame && !response.hasPing()) {
      throw new ProtocolException("a frame after the last");
    }
    boolean anyTime = response.hasPing() || response.hasDetached() || response.hasEnded();
    if (!anyTime && response.hasStarted() == started) {
      throw new ProtocolException(started ? "started twice" : "a frame before Started");
    }
  }

  private ExecRequest opening() {
    ExecRequest.Builder request = ExecRequest.newBuilder();
    if (start != null && !everStarted) {
      return request.setStart(start).build();
    }
    return request
        .setAttach(
            Attach.newBuilder()
                .setExecId(execId)
                .setRunner(runner)
                .setRunnerUid(runnerUid)
                .setCursors(received())
                .setWriter(writer)
                .setWriterEpoch(writerEpoch)
                .setOutputEnds(true))
        .build();
  }

  private ExecRequest control() {
    ExecRequest.Builder request = ExecRequest.newBuilder();
    if (ended != null) {
      boolean drained = outputs.values().stream().allMatch(OutputReceiver::drained);
      if (!started || !drained || acknowledged) {
        return null;
      }
      acknowledged = true;
      return request.setEndedAck(EndedAck.getDefaultInstance()).build();
    }
    // Before Started only a cancel and credit are said: who cancels may be killed in a moment.
    if (started && !signals.isEmpty()) {
      return request.setSignal(Signal.newBuilder().setNumber(signals.remove())).build();
    }
    if (cancelDue && (started || writer)) {
      cancelDue = false;
      return request.setCancel(Cancel.newBuilder().setBy(cancelledBy)).build();
    }
    if (started && !closesDue.isEmpty()) {
      return request.setCloseOutput(closesDue.remove()).build();
    }
    if (started && detachDue) {
      detachDue = false;
      return request.setDetach(Detach.getDefaultInstance()).build();
    }
    return null;
  }

  private ExecRequest stdinFrame() {
    Stdin data = stdin.nextData();
    if (data != null) {
      return ExecRequest.newBuilder().setStdin(data).build();
    }
    StdinEnd end = stdin.nextEnd();
    return end == null ? null : ExecRequest.newBuilder().setStdinEnd(end).build();
  }

  private Event left(Detached.Reason reason) {
    return switch (reason) {
      // The server goes down, the exec doesn't: the host connects again.
      case REASON_DRAINING -> new Left(reason);
      case REASON_REQUESTED, REASON_SUPERSEDED, REASON_UNSPECIFIED, UNRECOGNIZED -> {
        left = reason;
        yield new Left(reason);
      }
    };
  }

  private Verification verify(Ended totals) {
    Verification stdout =
        outputs.get(Stream.STREAM_STDOUT).verify(totals.getStdout(), totals.getPartial());
    return stdout.and(
        outputs.get(Stream.STREAM_STDERR).verify(totals.getStderr(), totals.getPartial()));
  }

  private OutputReceiver output(Stream stream) {
    Streams.index(stream);
    return outputs.get(stream);
  }
}
