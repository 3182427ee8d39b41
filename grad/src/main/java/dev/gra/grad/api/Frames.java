package dev.gra.grad.api;

import static dev.gra.grad.api.Fields.require;

import dev.gra.grad.exec.Opening;
import dev.gra.grad.exec.Origin;
import dev.gra.grad.telemetry.Tracing;
import dev.gra.protocol.Limits;
import dev.gra.protocol.ProtocolException;
import dev.gra.v1.Attach;
import dev.gra.v1.Cursors;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Output;
import dev.gra.v1.Start;
import java.util.Optional;

/** What clients say on an exec's stream, checked; and what is said to them, made short. */
final class Frames {
  private Frames() {}

  /** The first frame. */
  static Opening opening(ExecRequest first, Tracing.Rpc rpc, Origin origin) {
    return switch (first.getFrameCase()) {
      case START -> start(first.getStart(), rpc, origin);
      case ATTACH -> attach(first, origin);
      case STDIN,
          STDIN_END,
          CREDIT,
          CLOSE_OUTPUT,
          SIGNAL,
          CANCEL,
          DETACH,
          ENDED_ACK,
          PING,
          FRAME_NOT_SET ->
          throw new ProtocolException("the first frame must be start or attach");
    };
  }

  /** A later frame, as it is to be passed on. */
  static ExecRequest later(ExecRequest frame, String subject) {
    if (frame.hasSignal()) {
      int number = frame.getSignal().getNumber();
      require(number >= 1 && number <= 64, "signal.number", "1 to 64");
    }
    if (frame.hasCancel()) {
      Fields.by(frame.getCancel().getBy());
      if (frame.getCancel().getBy().isEmpty()) {
        ExecRequest.Builder named = frame.toBuilder();
        named.getCancelBuilder().setBy(subject);
        return named.build();
      }
    }
    return frame;
  }

  /** Makes one of two frames of the same stream, so that many small ones don't pile up. */
  static Optional<ExecResponse> merge(ExecResponse waiting, ExecResponse next) {
    if (waiting.hasOutput() && next.hasOutput()) {
      return merge(waiting.getOutput(), next.getOutput());
    }
    boolean later =
        waiting.getFrameCase() == next.getFrameCase() && (next.hasStdinCredit() || next.hasPing());
    return later ? Optional.of(next) : Optional.empty();
  }

  private static Optional<ExecResponse> merge(Output waiting, Output next) {
    int length = waiting.getData().size() + next.getData().size();
    if (waiting.getStream() != next.getStream()
        || length > Limits.CHUNK_BYTES
        || waiting.getOffset() + waiting.getData().size() != next.getOffset()) {
      return Optional.empty();
    }
    return Optional.of(
        ExecResponse.newBuilder()
            .setOutput(waiting.toBuilder().setData(waiting.getData().concat(next.getData())))
            .build());
  }

  private static Opening start(Start start, Tracing.Rpc rpc, Origin origin) {
    Fields.execId(start.getExecId());
    var runner = Fields.runner("runner", start.getRunner());
    var uid = Fields.uid("runner_uid", start.getRunnerUid());
    StartCheck.check(start);
    cursors(start.getCursors());
    Start traced = start.toBuilder().setTraceContext(rpc.process()).build();
    return new Opening(
        ExecRequest.newBuilder().setStart(traced).build(),
        start.getExecId(),
        runner,
        uid,
        start.getCursors(),
        true,
        origin);
  }

  private static Opening attach(ExecRequest frame, Origin origin) {
    Attach attach = frame.getAttach();
    Fields.execId(attach.getExecId());
    var runner = Fields.runner("runner", attach.getRunner());
    var uid = Fields.uid("runner_uid", attach.getRunnerUid());
    cursors(attach.getCursors());
    return new Opening(
        frame, attach.getExecId(), runner, uid, attach.getCursors(), attach.getWriter(), origin);
  }

  private static void cursors(Cursors cursors) {
    require(cursors.getStdout() >= 0, "cursors.stdout", "negative");
    require(cursors.getStderr() >= 0, "cursors.stderr", "negative");
  }
}
