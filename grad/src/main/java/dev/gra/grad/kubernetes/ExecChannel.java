package dev.gra.grad.kubernetes;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;

/**
 * The stdin and stdout of a program that pods/exec runs, over one WebSocket. Each message begins
 * with its stream's number (k8s.io/apimachinery, remotecommand v4).
 */
final class ExecChannel extends WebSocketListener implements ByteChannel {
  // With version 5 the API server would translate every byte (decision 0009).
  private static final String PROTOCOL = "v4.channel.k8s.io";
  private static final byte STDIN = 0;
  private static final byte STDOUT = 1;
  private static final byte STDERR = 2;
  private static final byte STATUS = 3;
  private static final int NORMAL = 1000;

  private static final int MESSAGE_BYTES = 32 * 1024;
  private static final long UNREAD_BYTES = 1 << 20;
  private static final long UNSENT_BYTES = 1 << 20;
  private static final int SAID_CHARACTERS = 4096;
  private static final long SENDING_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<ByteBuffer> unread = new ArrayDeque<>();
  private final StringBuilder said = new StringBuilder();
  private long unreadBytes;
  private String ended;
  private int refusal;
  private volatile boolean closed;
  private WebSocket socket;

  private ExecChannel() {}

  /** Begins to open one. */
  static ExecChannel open(OkHttpClient http, Request request) {
    var channel = new ExecChannel();
    channel.socket =
        http.newWebSocket(
            request.newBuilder().header("Sec-WebSocket-Protocol", PROTOCOL).build(), channel);
    return channel;
  }

  /**
   * Waits until the program has said {@code sign} on stderr.
   *
   * @throws ExecRefused if it ended first, or didn't within the time
   */
  void awaitSign(String sign, Duration patience) throws ExecRefused {
    var nanos = patience.toNanos();
    lock.lock();
    try {
      while (said.indexOf(sign) < 0) {
        if (ended != null) {
          throw new ExecRefused(refusal, why());
        }
        if (nanos <= 0) {
          throw new ExecRefused(0, "the runner's bridge said nothing: " + why());
        }
        nanos = changed.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExecRefused(0, "interrupted");
    } finally {
      lock.unlock();
    }
  }

  private String why() {
    var words = said.toString().replaceAll("\\s+", " ").strip();
    return Optional.ofNullable(ended).orElse("") + (words.isEmpty() ? "" : " (" + words + ")");
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (!target.hasRemaining()) {
      return 0;
    }
    lock.lock();
    try {
      while (unread.isEmpty()) {
        if (closed) {
          throw new ClosedChannelException();
        }
        if (ended != null) {
          return -1;
        }
        changed.await();
      }
      return take(target);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    } finally {
      lock.unlock();
    }
  }

  private int take(ByteBuffer target) {
    var taken = 0;
    while (target.hasRemaining() && !unread.isEmpty()) {
      var next = unread.peek();
      var count = Math.min(next.remaining(), target.remaining());
      target.put(next.slice(next.position(), count));
      next.position(next.position() + count);
      if (!next.hasRemaining()) {
        unread.remove();
      }
      taken += count;
    }
    unreadBytes -= taken;
    changed.signalAll();
    return taken;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    var written = 0;
    while (source.hasRemaining()) {
      var message = new byte[1 + Math.min(source.remaining(), MESSAGE_BYTES)];
      message[0] = STDIN;
      source.get(message, 1, message.length - 1);
      // OkHttp tells nobody when it has sent, and gives up a socket with 16 MiB unsent.
      while (socket.queueSize() > UNSENT_BYTES && isOpen()) {
        LockSupport.parkNanos(SENDING_NANOS);
      }
      if (closed || !socket.send(ByteString.of(message))) {
        throw new ClosedChannelException();
      }
      written += message.length - 1;
    }
    return written;
  }

  @Override
  public void onMessage(WebSocket from, ByteString message) {
    if (message.size() < 2) {
      return;
    }
    lock.lock();
    try {
      switch (message.getByte(0)) {
        case STDOUT -> received(message);
        case STDERR -> heard(message.substring(1).utf8());
        case STATUS -> end(ClusterFailure.message(message.substring(1).utf8()));
        default -> {} // A stream that was not asked for.
      }
    } finally {
      lock.unlock();
    }
  }

  /** Blocks the socket's own reader while too much is unread: TCP stops the sender. */
  private void received(ByteString message) {
    while (unreadBytes > UNREAD_BYTES && !closed) {
      changed.awaitUninterruptibly();
    }
    unread.add(message.asByteBuffer().position(1));
    unreadBytes += message.size() - 1;
    changed.signalAll();
  }

  private void heard(String words) {
    if (said.length() < SAID_CHARACTERS) {
      said.append(words);
    }
    changed.signalAll();
  }

  private void end(String why) {
    if (ended == null) {
      ended = why;
    }
    changed.signalAll();
  }

  private void endLocked(String why, int httpCode) {
    lock.lock();
    try {
      refusal = httpCode;
      end(why);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onClosing(WebSocket from, int code, String reason) {
    endLocked("closed by the cluster: " + code + " " + reason, 0);
    from.cancel();
  }

  @Override
  public void onFailure(WebSocket from, Throwable failure, Response response) {
    if (response == null || response.code() == 101) {
      endLocked(String.valueOf(failure.getMessage()), 0);
    } else {
      endLocked(refusal(response), response.code());
    }
  }

  private static String refusal(Response response) {
    try {
      var body = response.peekBody(SAID_CHARACTERS).string();
      return body.isBlank() ? "HTTP " + response.code() : ClusterFailure.message(body);
    } catch (IOException | RuntimeException e) {
      return "HTTP " + response.code();
    }
  }

  @Override
  public boolean isOpen() {
    lock.lock();
    try {
      return !closed && ended == null;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      unread.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    // The bridge ends with its stdin; the cancellation, should nobody answer.
    if (!socket.close(NORMAL, null)) {
      socket.cancel();
    }
  }
}
