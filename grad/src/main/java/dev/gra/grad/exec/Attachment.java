package dev.gra.grad.exec;

import dev.gra.grad.link.Channel;
import dev.gra.grad.link.ChannelListener;
import dev.gra.grad.link.LinkException;
import dev.gra.grad.link.LinkFailure;
import dev.gra.protocol.CreditExceededException;
import dev.gra.protocol.ProtocolException;
import dev.gra.protocol.Relay;
import dev.gra.protocol.Streams;
import dev.gra.v1.Detached;
import dev.gra.v1.Ended;
import dev.gra.v1.Ending;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.RunnerLost;
import dev.gra.v1.Stream;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * One client's view of an exec: frames pass between its call and the runner's link. Called by the
 * call's stream, the call's writer, and the link's reader, none of which it holds up.
 */
public final class Attachment implements ChannelListener {
  private enum Phase {
    /** The channel isn't there yet; what the client says waits. */
    OPENING,
    OPEN,
    /** The ending was said; the client may acknowledge it. */
    ENDED,
    OVER
  }

  /** Credits, a cancel and a ping or two; nothing else may be said before Started. */
  private static final int EARLY_FRAMES = 64;

  private final Opening opening;
  private final ExecClient client;
  private final Consumer<Attachment> onOver;
  private final AttachmentTelling telling;
  private final Relay relay;
  private final StreamWindow[] windows = new StreamWindow[Streams.ALL.size()];
  private final Deque<ExecRequest> early = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private Phase phase = Phase.OPENING;
  private Channel channel;
  private boolean halfClosed;
  private boolean gone;

  Attachment(
      Opening opening,
      ExecClient client,
      WindowBudget budget,
      ExecListener listener,
      Consumer<Attachment> onOver) {
    this.opening = opening;
    this.client = client;
    this.telling = new AttachmentTelling(opening, listener);
    this.onOver = onOver;
    this.relay = new Relay(opening.cursors());
    for (Stream stream : Streams.ALL) {
      windows[Streams.index(stream)] = budget.open();
    }
  }

  /** A link to the runner had to be opened first, which began then and is over. */
  void linkOpened(Instant begun) {
    client.linkOpened(begun);
  }

  /** A later frame of the client. */
  public void fromClient(ExecRequest frame) {
    guarded(
        () -> {
          switch (phase) {
            case OPENING -> keep(frame);
            case OPEN -> pass(frame);
            case ENDED -> acknowledged(frame);
            case OVER -> {}
          }
        });
  }

  /** The client will say nothing more. */
  public void halfClosed() {
    guarded(
        () -> {
          halfClosed = true;
          if (phase == Phase.ENDED) {
            finish();
          }
        });
  }

  /** The client is gone. What it cancelled before the runner had it is cancelled nevertheless. */
  public void gone() {
    guarded(
        () -> {
          gone = phase == Phase.OPENING && early.stream().anyMatch(ExecRequest::hasCancel);
          if (!gone) {
            over();
          }
        });
  }

  /** This was written to the client. */
  public void written(ExecResponse response) {
    switch (response.getFrameCase()) {
      case OUTPUT -> {
        var output = response.getOutput();
        forwarded(output.getStream(), output.getOffset() + output.getData().size());
      }
      case GAP -> forwarded(response.getGap().getStream(), response.getGap().getTo());
      case STARTED,
          OUTPUT_END,
          STDIN_CREDIT,
          STDIN_CLOSED,
          DETACHED,
          PING,
          ENDED,
          FRAME_NOT_SET -> {}
    }
  }

  @Override
  public void opened(Channel newChannel) {
    lock.lock();
    try {
      channel = newChannel;
      if (phase == Phase.OVER) {
        // Its client is gone, and yet the opening is about to be sent.
        telling.over();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void frame(ExecResponse response) {
    lock.lock();
    try {
      if (phase == Phase.OVER) {
        return;
      }
      relay.fromRunner(response);
      telling.fromRunner(response, relay);
      switch (response.getFrameCase()) {
        case PING -> {}
        case ENDED -> ended(response);
        case DETACHED -> {
          say(response);
          finish();
        }
        case STARTED, OUTPUT, OUTPUT_END, STDIN_CREDIT, STDIN_CLOSED, GAP -> say(response);
        case FRAME_NOT_SET -> throw new ProtocolException("unknown frame");
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void failed(LinkFailure failure) {
    guarded(
        () -> {
          // After the ending there is only the acknowledgement to lose, and an hour to lose it in.
          if (phase != Phase.ENDED) {
            fail(failure.exception());
          }
        });
  }

  Opening opening() {
    return opening;
  }

  Attached attached() {
    lock.lock();
    try {
      return telling.attached();
    } finally {
      lock.unlock();
    }
  }

  /** The runner took the opening: what waited may go. */
  void open() {
    guarded(
        () -> {
          if (phase == Phase.OPENING) {
            phase = Phase.OPEN;
          }
          while (!early.isEmpty() && phase == Phase.OPEN) {
            pass(early.removeFirst());
          }
          if (gone) {
            over();
          }
          if (phase == Phase.OVER) {
            channel.close();
          }
        });
  }

  /** There is no runner to ask. */
  void runnerLost(String why) {
    guarded(
        () -> {
          if (phase == Phase.OPENING) {
            ended(
                ExecResponse.newBuilder()
                    .setEnded(
                        Ended.newBuilder()
                            .setEnding(
                                Ending.newBuilder()
                                    .setRunnerLost(RunnerLost.newBuilder().setWhy(why)))
                            .setPartial(true))
                    .build());
          }
        });
  }

  /** The attachment can't be. */
  void refused(RuntimeException failure) {
    guarded(() -> fail(failure));
  }

  /** The server is going down; the exec is not. */
  void drain() {
    guarded(
        () -> {
          if (phase == Phase.OVER) {
            return;
          }
          if (phase != Phase.ENDED) {
            say(
                ExecResponse.newBuilder()
                    .setDetached(Detached.newBuilder().setReason(Detached.Reason.REASON_DRAINING))
                    .build());
          }
          finish();
        });
  }

  private void keep(ExecRequest frame) {
    if (frame.hasPing()) {
      return;
    }
    if (early.size() >= EARLY_FRAMES) {
      throw new ProtocolException("too many frames before Started");
    }
    early.addLast(frame);
  }

  private void pass(ExecRequest frame) {
    long window =
        frame.hasCredit() ? windows[Streams.index(frame.getCredit().getStream())].size() : 0;
    relay.fromClient(frame, window).ifPresent(this::toRunner);
  }

  private void acknowledged(ExecRequest frame) {
    if (frame.hasEndedAck()) {
      if (channel != null) {
        channel.send(frame);
      }
      finish();
    }
  }

  private void forwarded(Stream stream, long upTo) {
    guarded(
        () -> {
          if (phase == Phase.OPEN || phase == Phase.OPENING) {
            StreamWindow window = windows[Streams.index(stream)];
            window.forwarded(upTo);
            relay.forwarded(stream, upTo, window.size()).ifPresent(this::toRunner);
          }
        });
  }

  private void toRunner(ExecRequest frame) {
    if (frame.hasCredit()) {
      var credit = frame.getCredit();
      windows[Streams.index(credit.getStream())].granted(credit.getUntil());
    }
    telling.toRunner(frame);
    channel.send(frame);
  }

  private void ended(ExecResponse response) {
    phase = Phase.ENDED;
    telling.ended(response.getEnded());
    say(response);
    if (halfClosed) {
      finish();
    }
  }

  private void say(ExecResponse response) {
    if (!client.send(response)) {
      throw new ProtocolException("more frames than a client can be told");
    }
  }

  private void finish() {
    over();
    client.finish();
  }

  private void fail(RuntimeException failure) {
    if (phase != Phase.OVER) {
      over();
      client.fail(failure);
    }
  }

  private void over() {
    if (phase != Phase.OVER) {
      phase = Phase.OVER;
      early.clear();
      for (StreamWindow window : windows) {
        window.close();
      }
      if (channel != null) {
        telling.over();
        channel.close();
      }
      onOver.accept(this);
    }
  }

  /** What a client does wrong ends its own call only. */
  private void guarded(Runnable step) {
    lock.lock();
    try {
      step.run();
    } catch (ProtocolException | CreditExceededException | LinkException e) {
      fail(e);
    } finally {
      lock.unlock();
    }
  }
}
