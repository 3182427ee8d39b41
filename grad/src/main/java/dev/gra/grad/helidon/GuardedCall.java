package dev.gra.grad.helidon;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.StatusException;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

/** One call under guard: closed once, never left open by an exception. */
final class GuardedCall<Q, A> extends ForwardingServerCall.SimpleForwardingServerCall<Q, A> {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private final Function<Throwable, StatusException> boundary;
  private final Consumer<GuardedCall<Q, A>> onOver;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean lost = new AtomicBoolean();
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread streamThread = Thread.currentThread();
  private volatile long lastHeard = System.nanoTime();
  private volatile long overSince;
  private volatile boolean halfClosed;
  private volatile Listener<Q> target = new Listener<>() {};

  GuardedCall(
      ServerCall<Q, A> call,
      Function<Throwable, StatusException> boundary,
      Consumer<GuardedCall<Q, A>> onOver) {
    super(call);
    this.boundary = boundary;
    this.onOver = onOver;
  }

  Listener<Q> start(ServerCallHandler<Q, A> next, Metadata headers) {
    try {
      target = next.startCall(this, headers);
    } catch (Throwable e) {
      fail(e);
    }
    return new GuardedListener();
  }

  long lastHeard() {
    return lastHeard;
  }

  boolean halfClosed() {
    return halfClosed;
  }

  @Override
  public void close(Status status, Metadata trailers) {
    if (closed.compareAndSet(false, true)) {
      try {
        super.close(printable(status), trailers);
      } finally {
        over();
      }
    }
  }

  /** Ends the call of a client that is not heard of any more, and frees what waits for it. */
  void lost(String why) {
    if (!lost.compareAndSet(false, true)) {
      return;
    }
    over();
    target.onCancel();
    fail(new SilentClientException(why));
    freeStream();
  }

  /** Whether Helidon's thread of the stream has ended. */
  boolean streamEnded() {
    return !streamThread.isAlive();
  }

  /**
   * Helidon's thread of the stream waits for frames that will never come. As nothing has come for
   * long, it writes nothing: the interrupt can't hit it in a write, which would close the
   * connection.
   */
  void freeStream() {
    streamThread.interrupt();
  }

  long overSince() {
    return overSince;
  }

  private void over() {
    overSince = System.nanoTime();
    over.countDown();
    onOver.accept(this);
  }

  /** Closes the call with what the client is told of a failure. */
  void fail(Throwable e) {
    StatusException answer = boundary.apply(e);
    Metadata trailers = answer.getTrailers();
    close(answer.getStatus(), trailers == null ? new Metadata() : trailers);
  }

  /** Helidon writes grpc-message as it is, where gRPC wants it percent-encoded and on one line. */
  private static Status printable(Status status) {
    String description = status.getDescription();
    return description == null ? status : status.withDescription(encoded(description));
  }

  private static String encoded(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (byte b : text.getBytes(UTF_8)) {
      if (b >= ' ' && b < 0x7f && b != '%') {
        out.append((char) b);
      } else {
        out.append('%').append(HEX.toHexDigits(b));
      }
    }
    return out.toString();
  }

  private final class GuardedListener extends Listener<Q> {
    @Override
    public void onMessage(Q message) {
      lastHeard = System.nanoTime();
      guarded(() -> target.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      lastHeard = System.nanoTime();
      halfClosed = true;
      guarded(target::onHalfClose);
      // If the call ended later, Helidon's thread would go on waiting for frames of a stream that
      // both sides have closed, for ever. No frame can follow, so waiting here holds up nobody.
      awaitOver();
    }

    @Override
    public void onCancel() {
      guarded(target::onCancel);
      // Helidon says the same when it could not read a message, and then says nothing to the
      // client.
      if (!isCancelled()) {
        fail(new UnreadableMessageException());
      }
      over();
    }

    @Override
    public void onComplete() {
      guarded(target::onComplete);
    }

    @Override
    public void onReady() {
      guarded(target::onReady);
    }

    private void guarded(Runnable handler) {
      try {
        handler.run();
      } catch (Throwable e) {
        fail(e);
      }
    }

    private void awaitOver() {
      try {
        over.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
