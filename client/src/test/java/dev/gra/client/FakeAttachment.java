package dev.gra.client;

import com.google.protobuf.ByteString;
import dev.gra.v1.Credit;
import dev.gra.v1.Cursors;
import dev.gra.v1.Detached;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Output;
import dev.gra.v1.Started;
import dev.gra.v1.StdinCredit;
import dev.gra.v1.Stream;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.EnumMap;
import java.util.Map;

/** One connection to a fake exec. */
public final class FakeAttachment {
  private static final int CHUNK = 32 * 1024;
  private static final int STDIN_WINDOW = 256 * 1024;

  private final FakeExec exec;
  private final StreamObserver<ExecResponse> responses;
  private final Map<Stream, Long> sent = new EnumMap<>(Stream.class);
  private final Map<Stream, Long> until = new EnumMap<>(Stream.class);
  private long written;
  private boolean over;
  private boolean endedSent;

  /** Breaks the connection after about so many bytes of output. */
  public long breakAfter = Long.MAX_VALUE;

  /** Breaks the connection after about so many bytes of stdin in all. */
  public long breakAfterStdin = Long.MAX_VALUE;

  /** How many bytes before the cursor are sent again. */
  public int repeat;

  /** Is told at the first frame after the opening that another writer took over. */
  public boolean supersede;

  FakeAttachment(FakeExec exec, StreamObserver<ExecResponse> responses) {
    this.exec = exec;
    this.responses = responses;
  }

  synchronized void open(ExecRequest opening, boolean resumed) {
    Cursors cursors =
        opening.hasStart() ? opening.getStart().getCursors() : opening.getAttach().getCursors();
    sent.put(Stream.STREAM_STDOUT, Math.max(0, cursors.getStdout() - repeat));
    sent.put(Stream.STREAM_STDERR, Math.max(0, cursors.getStderr() - repeat));
    say(
        ExecResponse.newBuilder()
            .setStarted(
                Started.newBuilder()
                    .setResumed(resumed)
                    .setStdinAccepted(exec.stdin.size())
                    .setStdinUntil(exec.stdin.size() + STDIN_WINDOW)
                    .setStdinClosed(!exec.wantsStdin)));
  }

  synchronized void take(ExecRequest request) {
    if (over) {
      return;
    }
    if (supersede) {
      detached(Detached.Reason.REASON_SUPERSEDED);
      return;
    }
    synchronized (exec) {
      switch (request.getFrameCase()) {
        case CREDIT -> credit(request.getCredit());
        case STDIN -> stdin(request.getStdin().getOffset(), request.getStdin().getData());
        case STDIN_END -> exec.wantsStdin = false;
        case SIGNAL -> exec.signals.add(request.getSignal().getNumber());
        case CANCEL -> exec.cancel(request.getCancel().getBy());
        case CLOSE_OUTPUT -> {
          exec.closed.add(request.getCloseOutput().getStream());
          exec.endless = false;
          exec.wantsStdin = false;
          sent.put(request.getCloseOutput().getStream(), Long.MAX_VALUE);
        }
        case DETACH -> {
          detached(Detached.Reason.REASON_REQUESTED);
          return;
        }
        case ENDED_ACK -> exec.acknowledged = true;
        case PING, START, ATTACH, FRAME_NOT_SET -> {}
      }
      advance();
    }
  }

  private void credit(Credit credit) {
    until.put(credit.getStream(), credit.getUntil());
  }

  private void stdin(long offset, ByteString data) {
    if (offset > exec.stdin.size()) {
      fail(Status.INVALID_ARGUMENT.withDescription("stdin jumps"));
      return;
    }
    int known = (int) Math.min(data.size(), exec.stdin.size() - offset);
    exec.stdin = exec.stdin.concat(data.substring(known));
    if (exec.stdin.size() >= breakAfterStdin) {
      fail(Status.UNAVAILABLE.withDescription("cut on purpose"));
      return;
    }
    say(
        ExecResponse.newBuilder()
            .setStdinCredit(
                StdinCredit.newBuilder()
                    .setConsumed(exec.stdin.size())
                    .setUntil(exec.stdin.size() + STDIN_WINDOW)));
  }

  private void advance() {
    for (Stream stream : new Stream[] {Stream.STREAM_STDOUT, Stream.STREAM_STDERR}) {
      ByteString all = exec.of(stream);
      long limit = Math.min(all.size(), until.getOrDefault(stream, 0L));
      for (long at = sent.get(stream); at < limit && !over; at = sent.get(stream)) {
        int length = (int) Math.min(CHUNK, limit - at);
        say(
            ExecResponse.newBuilder()
                .setOutput(
                    Output.newBuilder()
                        .setStream(stream)
                        .setOffset(at)
                        .setData(all.substring((int) at, (int) at + length))));
        sent.put(stream, at + length);
        written += length;
        if (written >= breakAfter) {
          fail(Status.UNAVAILABLE.withDescription("cut on purpose"));
        }
      }
    }
    boolean allSent =
        sent.get(Stream.STREAM_STDOUT) >= exec.stdout.size()
            && sent.get(Stream.STREAM_STDERR) >= exec.stderr.size();
    if (allSent && !exec.endless && !exec.wantsStdin && !endedSent && !over) {
      endedSent = true;
      say(ExecResponse.newBuilder().setEnded(exec.ended()));
    }
  }

  public synchronized void detached(Detached.Reason reason) {
    say(ExecResponse.newBuilder().setDetached(Detached.newBuilder().setReason(reason)));
    finish();
  }

  synchronized void finish() {
    if (!over) {
      over = true;
      responses.onCompleted();
    }
  }

  synchronized void gone() {
    over = true;
  }

  private void fail(Status status) {
    if (!over) {
      over = true;
      responses.onError(status.asRuntimeException());
    }
  }

  private void say(ExecResponse.Builder response) {
    if (!over) {
      responses.onNext(response.build());
    }
  }
}
