package dev.gra.grad.api;

import dev.gra.grad.exec.Attachment;
import dev.gra.grad.exec.ExecClient;
import dev.gra.grad.exec.Execs;
import dev.gra.grad.exec.Opening;
import dev.gra.grad.exec.Origin;
import dev.gra.grad.helidon.CallWriter;
import dev.gra.grad.telemetry.Log;
import dev.gra.grad.telemetry.Step;
import dev.gra.grad.telemetry.Tracing;
import dev.gra.protocol.ProtocolException;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Ping;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/** One call of ExecService.Exec. */
final class ExecCall
    implements StreamObserver<ExecRequest>, ExecClient, CallWriter.Owner<ExecResponse> {
  private static final Log LOG = Log.of(ExecCall.class);

  /** Windows hold at most 64 full frames, and small ones are merged. */
  private static final int WAITING_FRAMES = 1024;

  private static final ExecResponse PING =
      ExecResponse.newBuilder().setPing(Ping.getDefaultInstance()).build();

  private final Execs execs;
  private final Caller caller;
  private final CallFacts facts;
  private final Tracing.Rpc rpc;
  private final Consumer<ExecCall> onOver;
  private final CallWriter<ExecResponse> writer;
  private volatile Attachment attachment;
  private volatile boolean gone;

  ExecCall(
      Execs execs,
      Caller caller,
      CallFacts facts,
      Tracing.Rpc rpc,
      StreamObserver<ExecResponse> client,
      ScheduledExecutorService scheduler,
      Consumer<ExecCall> onOver) {
    this.execs = execs;
    this.caller = caller;
    this.facts = facts;
    this.rpc = rpc;
    this.onOver = onOver;
    if (client instanceof ServerCallStreamObserver<ExecResponse> call) {
      call.setOnCancelHandler(this::cancelled);
    }
    this.writer =
        new CallWriter<>("exec-writer", client, this, WAITING_FRAMES, Frames::merge, scheduler);
  }

  @Override
  public void onNext(ExecRequest frame) {
    try {
      if (attachment == null) {
        begin(frame);
      } else {
        attachment.fromClient(Frames.later(frame, caller.self().subject()));
      }
    } catch (RuntimeException e) {
      leave();
      fail(e);
    }
  }

  @Override
  public void onCompleted() {
    if (attachment == null) {
      fail(new ProtocolException("the stream ended before start or attach"));
    } else {
      attachment.halfClosed();
    }
  }

  @Override
  public void onError(Throwable why) {
    cancelled();
  }

  @Override
  public boolean send(ExecResponse response) {
    return writer.offer(response);
  }

  @Override
  public void finish() {
    onOver.accept(this);
    writer.finish();
  }

  @Override
  public void linkOpened(Instant begun) {
    rpc.step(Step.since("link open", begun));
  }

  @Override
  public void fail(RuntimeException failure) {
    onOver.accept(this);
    writer.fail(Boundary.status(failure));
  }

  @Override
  public void written(ExecResponse response) {
    attachment.written(response);
  }

  @Override
  public void lost(Throwable why) {
    LOG.debug("client lost", "why", why.getMessage());
    leave();
  }

  /** A sign of life, unless there is enough to say. */
  void ping() {
    if (writer.idle()) {
      writer.offer(PING);
    }
  }

  private void begin(ExecRequest frame) {
    String trace = Tracing.traceId(rpc.context());
    Origin origin = new Origin(caller.owner(), caller.self(), facts.client(), trace);
    Opening opening = Frames.opening(frame, rpc, origin);
    LOG.info(
        frame.hasStart() ? "exec start" : "exec attach",
        "exec",
        opening.execId(),
        "runner",
        opening.runner(),
        "owner",
        caller.owner(),
        "by",
        caller.self(),
        "trace",
        trace);
    attachment = execs.attachment(opening, this);
    execs.connect(caller.owner(), attachment);
    if (gone) {
      attachment.gone();
    }
  }

  private void cancelled() {
    leave();
    writer.abort();
  }

  private void leave() {
    gone = true;
    onOver.accept(this);
    if (attachment != null) {
      attachment.gone();
    }
  }
}
