package dev.gra.grad.link;

import com.google.protobuf.Timestamp;
import dev.gra.link.v1.Hello;
import dev.gra.link.v1.LastEnd;
import dev.gra.link.v1.LinkError;
import dev.gra.link.v1.LinkRequest;
import dev.gra.link.v1.LinkResponse;
import dev.gra.protocol.LinkFeatures;
import dev.gra.protocol.ProtocolException;
import dev.gra.v1.ExecRequest;
import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** One link: a reader that never blocks on whoever listens, a writer, and its channels. */
final class Link {
  /** Why a link is no more. */
  enum End {
    /** Nobody needed it. */
    IDLE,
    BROKEN
  }

  private static final int VERSION = 1;

  private final String runnerUid;
  private final ByteChannel bytes;
  private final LinkSettings settings;
  private final Consumer<End> onClosed;
  private final Outbox outbox = new Outbox();
  private final CompletableFuture<Hello> hello = new CompletableFuture<>();
  private final Map<Long, ChannelListener> channels = new ConcurrentHashMap<>();
  private final ReentrantLock opening = new ReentrantLock();
  // Guards the end against new channels. Never held while a listener is told anything.
  private final ReentrantLock lock = new ReentrantLock();
  private boolean over;
  private long nextChannel = 1;
  private long idleSince = System.nanoTime();
  private long lastPing = System.nanoTime();
  private volatile long lastHeard = System.nanoTime();

  private Link(String runnerUid, ByteChannel bytes, LinkSettings settings, Consumer<End> onClosed) {
    this.runnerUid = runnerUid;
    this.bytes = bytes;
    this.settings = settings;
    this.onClosed = onClosed;
  }

  /**
   * Says Hello over a new byte stream and checks the answer. If runnerd asks how its runner's
   * container ended before, it is told ahead of everything else.
   *
   * @param onClosed told once, when the link has ended
   * @throws LinkException if the answer doesn't come or isn't right; the stream is closed then
   */
  static Link open(String runnerUid, Way way, LinkSettings settings, Consumer<End> onClosed) {
    Link link = new Link(runnerUid, way.connect(), settings, onClosed);
    Hello hello = link.start();
    if (hello.hasLostSince()) {
      link.explain(way.ranOutOfMemory(instant(hello.getLostSince())));
    }
    return link;
  }

  /** A new channel for an attachment; empty if the link has ended. */
  Optional<Channel> attach(ExecRequest opening, ChannelListener listener) {
    return open(LinkRequest.newBuilder().setExec(opening), listener);
  }

  /** A call's answer; empty if the link had ended before. */
  Optional<LinkResponse> call(LinkRequest.Builder request, Duration atMost) {
    Call call = new Call();
    Optional<Channel> channel = open(request, call);
    if (channel.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(call.await(atMost));
    } finally {
      channel.get().close();
    }
  }

  Outbox outbox() {
    return outbox;
  }

  /** Whether the channel was there. */
  boolean forget(long number) {
    boolean there = channels.remove(number) != null;
    lock.lock();
    try {
      idleSince = System.nanoTime();
    } finally {
      lock.unlock();
    }
    return there;
  }

  /** What is due by time: a sign of life, or the end of a link that is silent or idle. */
  void tick() {
    long now = System.nanoTime();
    if (now - lastPing >= settings.ping().toNanos()) {
      lastPing = now;
      outbox.ping();
    }
    if (now - lastHeard > settings.silence().toNanos()) {
      fail(new LinkFailure.Broken("silent for " + settings.silence().toSeconds() + " s"));
    } else {
      closeIfIdle(now);
    }
  }

  void close() {
    fail(new LinkFailure.Broken("closed"));
  }

  private void closeIfIdle(long now) {
    lock.lock();
    try {
      if (!channels.isEmpty() || now - idleSince <= settings.idle().toNanos()) {
        return;
      }
      over = true;
    } finally {
      lock.unlock();
    }
    end(new LinkFailure.Broken("idle"), End.IDLE);
  }

  /** Numbers must reach runnerd in order: each with its opening, before the next is given. */
  private Optional<Channel> open(LinkRequest.Builder frame, ChannelListener listener) {
    opening.lock();
    try {
      Optional<Channel> channel = register(listener);
      channel.ifPresent(
          opened -> {
            listener.opened(opened);
            opened.send(frame);
          });
      return channel;
    } finally {
      opening.unlock();
    }
  }

  private Optional<Channel> register(ChannelListener listener) {
    lock.lock();
    try {
      if (over) {
        return Optional.empty();
      }
      long number = nextChannel++;
      channels.put(number, listener);
      return Optional.of(new Channel(this, number));
    } finally {
      lock.unlock();
    }
  }

  private void explain(boolean outOfMemory) {
    LastEnd end = LastEnd.newBuilder().setOutOfMemory(outOfMemory).build();
    outbox.put(new ChannelQueue(), LinkRequest.newBuilder().setLastEnd(end).build());
  }

  /** An instant that can't be is runnerd's fault, and as good as any. */
  private static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(Math.clamp(time.getSeconds(), 0, Integer.MAX_VALUE));
  }

  private Hello start() {
    Thread.ofVirtual().name("link-reader-" + runnerUid).start(this::read);
    Thread.ofVirtual().name("link-writer-" + runnerUid).start(this::write);
    outbox.put(
        new ChannelQueue(),
        LinkRequest.newBuilder()
            .setHello(
                Hello.newBuilder()
                    .setMinVersion(VERSION)
                    .setMaxVersion(VERSION)
                    .setSoftware(settings.software())
                    .addFeatures(LinkFeatures.OUTPUT_END))
            .build());
    try {
      return checked(hello.get(settings.hello().toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException e) {
      throw e.getCause() instanceof LinkException failed
          ? failed
          : new LinkFailure.Broken(String.valueOf(e.getCause())).exception(e);
    } catch (TimeoutException e) {
      throw refuse(new LinkFailure.Broken("no Hello"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw refuse(new LinkFailure.Broken("interrupted"));
    }
  }

  private Hello checked(Hello answer) {
    if (answer.getMinVersion() > VERSION || answer.getMaxVersion() < VERSION) {
      throw refuse(
          new LinkFailure.Refused(
              LinkError.Reason.REASON_VERSION,
              "the runner speaks versions "
                  + answer.getMinVersion()
                  + " to "
                  + answer.getMaxVersion()
                  + " of the link, this server "
                  + VERSION,
              ""));
    }
    if (!answer.getRunnerUid().equals(runnerUid)) {
      throw refuse(new LinkFailure.WrongRunner(runnerUid, answer.getRunnerUid()));
    }
    return answer;
  }

  private LinkException refuse(LinkFailure failure) {
    fail(failure);
    return failure.exception();
  }

  private void read() {
    FrameReader reader = new FrameReader(bytes, () -> lastHeard = System.nanoTime());
    try {
      for (LinkResponse frame = reader.next(); frame != null; frame = reader.next()) {
        received(frame);
      }
      fail(new LinkFailure.Broken("the runner closed it"));
    } catch (IOException e) {
      fail(new LinkFailure.Broken(String.valueOf(e.getMessage())));
    } catch (RuntimeException e) {
      // runnerd isn't trusted: whatever its frames make us trip over ends its link, and no more.
      fail(new LinkFailure.Broken("protocol: " + e.getMessage()));
    }
  }

  private void received(LinkResponse frame) {
    if (!hello.isDone()) {
      greeted(frame);
    } else if (frame.getChannel() == 0) {
      receivedOnLink(frame);
    } else {
      receivedOnChannel(frame);
    }
  }

  private void greeted(LinkResponse frame) {
    if (frame.getChannel() == 0 && frame.hasError()) {
      fail(refused(frame.getError()));
    } else if (frame.getChannel() == 0 && frame.hasHello()) {
      hello.complete(frame.getHello());
    } else {
      throw new ProtocolException(frame.getFrameCase() + " before Hello");
    }
  }

  private void receivedOnLink(LinkResponse frame) {
    switch (frame.getFrameCase()) {
      case PING -> {}
      case ERROR -> fail(refused(frame.getError()));
      case HELLO, EXEC, GET_EXEC, LIST_EXECS, CANCEL_EXEC, FRAME_NOT_SET ->
          throw new ProtocolException(frame.getFrameCase() + " on channel 0");
    }
  }

  private void receivedOnChannel(LinkResponse frame) {
    long number = frame.getChannel();
    ChannelListener listener = channels.get(number);
    if (listener == null) {
      requireUsed(number);
      // It came while our Close was on its way.
      return;
    }
    switch (frame.getFrameCase()) {
      case EXEC -> listener.frame(frame.getExec());
      case ERROR -> {
        if (forget(number)) {
          listener.failed(refused(frame.getError()));
        }
      }
      case GET_EXEC, LIST_EXECS, CANCEL_EXEC -> {
        if (!(listener instanceof Call call)) {
          throw new ProtocolException("an answer to a call that wasn't made");
        }
        forget(number);
        call.answered(frame);
      }
      case HELLO, PING, FRAME_NOT_SET ->
          throw new ProtocolException(frame.getFrameCase() + " on channel " + number);
    }
  }

  private void requireUsed(long number) {
    lock.lock();
    try {
      if (number < 1 || number >= nextChannel) {
        throw new ProtocolException("unknown channel " + number);
      }
    } finally {
      lock.unlock();
    }
  }

  private void write() {
    FrameWriter writer = new FrameWriter(bytes);
    try {
      for (Optional<List<LinkRequest>> frames = outbox.take();
          frames.isPresent();
          frames = outbox.take()) {
        writer.write(frames.get());
      }
    } catch (IOException e) {
      fail(new LinkFailure.Broken(String.valueOf(e.getMessage())));
    }
  }

  private static LinkFailure refused(LinkError error) {
    return new LinkFailure.Refused(error.getReason(), error.getMessage(), error.getSubject());
  }

  private void fail(LinkFailure failure) {
    lock.lock();
    try {
      if (over) {
        return;
      }
      over = true;
    } finally {
      lock.unlock();
    }
    end(failure, End.BROKEN);
  }

  private void end(LinkFailure failure, End why) {
    outbox.close();
    try {
      bytes.close();
    } catch (IOException e) {
      System.getLogger(Link.class.getName()).log(System.Logger.Level.DEBUG, "closing a link", e);
    }
    hello.completeExceptionally(failure.exception());
    for (Long number : List.copyOf(channels.keySet())) {
      ChannelListener listener = channels.remove(number);
      if (listener != null) {
        listener.failed(failure);
      }
    }
    onClosed.accept(why);
  }
}
