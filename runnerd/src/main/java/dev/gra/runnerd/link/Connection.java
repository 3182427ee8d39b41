package dev.gra.runnerd.link;

import dev.gra.link.v1.Hello;
import dev.gra.link.v1.LinkError;
import dev.gra.link.v1.LinkRequest;
import dev.gra.link.v1.LinkResponse;
import dev.gra.link.v1.Ping;
import dev.gra.protocol.CreditExceededException;
import dev.gra.protocol.Limits;
import dev.gra.protocol.NotTheWriterException;
import dev.gra.protocol.ProtocolException;
import dev.gra.runnerd.exec.Attached;
import dev.gra.runnerd.exec.Engine;
import dev.gra.runnerd.exec.Exec;
import dev.gra.runnerd.exec.Refusal;
import dev.gra.runnerd.log.Log;
import dev.gra.runnerd.process.Fds;
import dev.gra.runnerd.process.Handler;
import dev.gra.runnerd.process.Interest;
import dev.gra.runnerd.process.Reactor;
import dev.gra.runnerd.process.Timer;
import dev.gra.runnerd.process.UnixSocket;
import dev.gra.runnerd.process.Watch;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One link: frames in, frames out, channels, signs of life. Its end is its clients' going away,
 * never an ending.
 */
final class Connection implements Handler {
  private static final long LINK = 0;

  /** So much a turn, lest one link keep the reactor to itself. */
  private static final int BYTES_A_TURN = 1 << 20;

  /** A peer that sends calls and doesn't read answers isn't read from, either. */
  private static final int MOST_UNSENT = 1 << 20;

  private static final int REMEMBERED = 4096;

  private final Reactor reactor;
  private final Engine engine;
  private final Openings openings;
  private final Hello hello;
  private final UnixSocket socket;
  private final ByteBuffer readBuffer;
  private final Runnable whenClosed;
  private final Calls calls;
  private final FrameDecoder decoder = new FrameDecoder();
  private final SendBuffer sendBuffer = new SendBuffer();
  private final Sender sender = new Sender(sendBuffer, this::over);
  private final Map<Long, Channel> channels = new HashMap<>();
  private final EndedChannels endedChannels = new EndedChannels(REMEMBERED);
  private final Watch watch;
  private Timer ping;
  private Timer silence;
  private boolean greeted;
  private boolean flushPosted;
  private boolean stalled;
  private boolean lastWords;
  private boolean closed;
  private long lastChannel;
  private long heardNanos = System.nanoTime();

  Connection(
      Reactor reactor,
      Engine engine,
      Hello hello,
      UnixSocket socket,
      ByteBuffer readBuffer,
      Runnable whenClosed) {
    this.reactor = reactor;
    this.engine = engine;
    this.openings = new Openings(engine);
    this.hello = hello;
    this.socket = socket;
    this.readBuffer = readBuffer;
    this.whenClosed = whenClosed;
    this.calls = new Calls(engine, this::answer);
    this.watch = reactor.watch(socket.fd(), this);
    send(LinkResponse.newBuilder().setHello(hello).build());
    watch.interest(Interest.READ);
    ping = reactor.after(Limits.PING_EVERY, this::ping);
    silence = reactor.after(Limits.SILENCE, this::lookForSilence);
  }

  /** A channel may have something to send. */
  void wake(Channel channel) {
    sender.wake(channel);
    postFlush();
  }

  /** A channel's exec came to nothing. */
  void failed(Channel channel, LinkError error) {
    channels.remove(channel.number());
    send(LinkResponse.newBuilder().setChannel(channel.number()).setError(error).build());
  }

  /** Whether all is sent. */
  boolean isDrained() {
    return closed || (sendBuffer.pending() == 0 && !sender.hasMore());
  }

  /** Ends it: all its attachments lose their client. */
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    ping.cancel();
    silence.cancel();
    watch.cancel();
    socket.close();
    for (Channel channel : List.copyOf(channels.values())) {
      channel.close();
    }
    channels.clear();
    whenClosed.run();
  }

  @Override
  public void ready(int events) throws IOException {
    if ((events & Watch.WRITABLE) != 0) {
      stalled = false;
      flush();
    }
    if (!closed && (events & Watch.READABLE) != 0) {
      read();
    }
  }

  @Override
  public void failed(Throwable cause) {
    switch (cause) {
      case IOException e -> Log.info("a link broke: " + e.getMessage());
      case ProtocolException e -> Log.warn("a link broke the protocol: " + e.getMessage());
      default -> Log.error("a link failed", cause);
    }
    close();
  }

  private void read() throws IOException {
    readBuffer.clear();
    int count = socket.read(readBuffer);
    switch (count) {
      case Fds.WOULD_BLOCK -> {}
      case Fds.CLOSED -> close();
      default -> {
        heardNanos = System.nanoTime();
        decoder.add(readBuffer.flip());
        handleFrames();
      }
    }
  }

  private void handleFrames() {
    Optional<LinkRequest> frame = decoder.next();
    while (frame.isPresent() && !closed && !lastWords) {
      handle(frame.get());
      frame = decoder.next();
    }
    adjustInterest();
  }

  private void handle(LinkRequest frame) {
    if (!greeted) {
      greet(frame);
      return;
    }
    switch (frame.getFrameCase()) {
      case HELLO -> throw new ProtocolException("a second Hello");
      case PING -> {}
      case LAST_END -> engine.explainLost(frame.getLastEnd());
      case EXEC -> exec(frame.getChannel(), frame.getExec());
      case CLOSE -> leave(frame.getChannel());
      case GET_EXEC -> calls.get(opened(frame), frame.getGetExec());
      case LIST_EXECS -> calls.list(opened(frame), frame.getListExecs());
      case CANCEL_EXEC -> calls.cancel(opened(frame), frame.getCancelExec());
      case FRAME_NOT_SET -> {
        leave(frame.getChannel());
        refuse(
            frame.getChannel(),
            LinkError.Reason.REASON_UNKNOWN_FRAME,
            "runnerd doesn't know this frame");
      }
    }
  }

  private void greet(LinkRequest frame) {
    if (!frame.hasHello() || frame.getChannel() != LINK) {
      throw new ProtocolException("the first frame is no Hello");
    }
    Hello theirs = frame.getHello();
    if (theirs.getMaxVersion() < hello.getMinVersion()
        || theirs.getMinVersion() > hello.getMaxVersion()) {
      lastWords = true;
      refuse(
          LINK,
          LinkError.Reason.REASON_VERSION,
          "runnerd speaks "
              + hello.getMinVersion()
              + " to "
              + hello.getMaxVersion()
              + ", not "
              + theirs.getMinVersion()
              + " to "
              + theirs.getMaxVersion());
      return;
    }
    openings.greeted(theirs);
    greeted = true;
  }

  private long opened(LinkRequest frame) {
    return opened(frame.getChannel());
  }

  private long opened(long number) {
    // Unsigned, and growing: so no number is ever used twice.
    if (Long.compareUnsigned(number, lastChannel) <= 0) {
      throw new ProtocolException("channel " + Long.toUnsignedString(number) + " was used before");
    }
    lastChannel = number;
    return number;
  }

  private void exec(long number, ExecRequest request) {
    Channel channel = channels.get(number);
    if (channel != null) {
      receive(channel, request);
    } else if (request.hasStart() || request.hasAttach()) {
      attach(opened(number), request);
    } else if (request.hasEndedAck()) {
      endedChannels.take(number).ifPresent(Exec::acknowledge);
    } else if (Long.compareUnsigned(number, lastChannel) > 0) {
      throw new ProtocolException("channel " + Long.toUnsignedString(number) + " was never opened");
    }
  }

  private void attach(long number, ExecRequest request) {
    Channel channel = new Channel(number, this);
    try {
      switch (openings.open(request, channel)) {
        case Attached.To(Exec exec, long key) -> {
          channel.attached(exec, key);
          channels.put(number, channel);
        }
        case Attached.Lost(dev.gra.v1.Ended ended) ->
            send(
                LinkResponse.newBuilder()
                    .setChannel(number)
                    .setExec(ExecResponse.newBuilder().setEnded(ended))
                    .build());
      }
    } catch (Refusal refusal) {
      answer(LinkResponse.newBuilder().setChannel(number).setError(refusal.error()).build());
    } catch (ProtocolException e) {
      refuse(number, LinkError.Reason.REASON_PROTOCOL, e.getMessage());
    }
  }

  private void receive(Channel channel, ExecRequest request) {
    try {
      channel.exec().receive(channel.key(), request);
    } catch (ProtocolException e) {
      boolean unknown = request.getFrameCase() == ExecRequest.FrameCase.FRAME_NOT_SET;
      fail(
          channel,
          unknown ? LinkError.Reason.REASON_UNKNOWN_FRAME : LinkError.Reason.REASON_PROTOCOL,
          e.getMessage());
    } catch (CreditExceededException e) {
      fail(channel, LinkError.Reason.REASON_CREDIT_EXCEEDED, e.getMessage());
    } catch (NotTheWriterException e) {
      fail(channel, LinkError.Reason.REASON_NOT_THE_WRITER, e.getMessage());
    }
  }

  private void fail(Channel channel, LinkError.Reason reason, String message) {
    leave(channel.number());
    refuse(channel.number(), reason, message);
  }

  private void leave(long number) {
    Channel channel = channels.remove(number);
    if (channel != null) {
      channel.close();
    }
    endedChannels.take(number);
  }

  /** A channel's last frame was taken; only an acknowledgement can follow. */
  private void over(Channel channel) {
    channels.remove(channel.number());
    channel.close();
    if (channel.exec().view().hasEnded()) {
      endedChannels.add(channel.number(), channel.exec());
    }
  }

  private void refuse(long number, LinkError.Reason reason, String message) {
    send(
        LinkResponse.newBuilder()
            .setChannel(number)
            .setError(LinkError.newBuilder().setReason(reason).setMessage(message))
            .build());
  }

  private void answer(LinkResponse response) {
    if (!closed) {
      send(response);
    }
  }

  private void send(LinkResponse frame) {
    sendBuffer.put(frame);
    postFlush();
  }

  private void ping() {
    send(LinkResponse.newBuilder().setPing(Ping.getDefaultInstance()).build());
    ping = reactor.after(Limits.PING_EVERY, this::ping);
  }

  private void lookForSilence() {
    long quiet = System.nanoTime() - heardNanos;
    if (quiet >= Limits.SILENCE.toNanos()) {
      Log.warn("a link was silent for " + Limits.SILENCE.toSeconds() + " s: closed");
      close();
    } else {
      silence = reactor.after(Limits.SILENCE.minusNanos(quiet), this::lookForSilence);
    }
  }

  /** Many things may happen in one turn of the reactor; they are sent together at its end. */
  private void postFlush() {
    if (!flushPosted && !stalled && !closed) {
      flushPosted = true;
      reactor.post(this::flushPosted);
    }
  }

  private void flushPosted() {
    flushPosted = false;
    try {
      flush();
    } catch (IOException | RuntimeException e) {
      failed(e);
    }
  }

  private void flush() throws IOException {
    int sent = 0;
    while (!closed && !stalled && sent < BYTES_A_TURN) {
      sender.fill();
      if (sendBuffer.pending() == 0) {
        break;
      }
      int count = sendBuffer.writeTo(socket);
      if (count == Fds.CLOSED) {
        close();
      } else if (count == Fds.WOULD_BLOCK) {
        stalled = true;
      } else {
        sent += count;
      }
    }
    if (closed) {
      return;
    }
    if (lastWords && sendBuffer.pending() == 0) {
      close();
      return;
    }
    if (sent >= BYTES_A_TURN) {
      postFlush();
    }
    adjustInterest();
  }

  private void adjustInterest() {
    if (closed) {
      return;
    }
    boolean listens = !lastWords && sendBuffer.pending() < MOST_UNSENT;
    if (stalled) {
      watch.interest(listens ? Interest.READ_WRITE : Interest.WRITE);
    } else {
      watch.interest(listens ? Interest.READ : Interest.NONE);
    }
  }
}
