package dev.gra.runnerd;

import com.google.protobuf.CodedInputStream;
import dev.gra.link.v1.Close;
import dev.gra.link.v1.Hello;
import dev.gra.link.v1.LinkRequest;
import dev.gra.link.v1.LinkResponse;
import dev.gra.link.v1.Ping;
import dev.gra.protocol.ClientExec;
import dev.gra.protocol.LinkFeatures;
import dev.gra.v1.Attach;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.Start;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A link as grad has it, for tests: blocking, with a thread that reads. */
public final class TestLink implements AutoCloseable {
  static final Hello HELLO =
      Hello.newBuilder()
          .setMinVersion(1)
          .setMaxVersion(1)
          .setSoftware("test")
          .addFeatures(LinkFeatures.OUTPUT_END)
          .build();

  private final SocketChannel socket;
  private final Thread reader;
  private final AtomicLong lastChannel = new AtomicLong();
  private final Map<Long, Consumer<LinkResponse>> listeners = new ConcurrentHashMap<>();
  private final BlockingQueue<LinkResponse> unclaimed = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  private TestLink(SocketChannel socket) {
    this.socket = socket;
    this.reader = Thread.ofPlatform().name("test-link").daemon(true).unstarted(this::read);
  }

  /** Connects and says nothing. */
  public static TestLink silent(Path path) throws IOException {
    TestLink link = new TestLink(SocketChannel.open(UnixDomainSocketAddress.of(path)));
    link.reader.start();
    return link;
  }

  /** Connects, says Hello, reads nothing, and drops what the other side takes no more. */
  static TestLink deaf(Path path) throws IOException {
    TestLink link = new TestLink(SocketChannel.open(UnixDomainSocketAddress.of(path)));
    link.socket.configureBlocking(false);
    link.send(LinkRequest.newBuilder().setHello(HELLO));
    return link;
  }

  /** Connects and says Hello as a grad does that knows no feature. */
  static TestLink plain(Path path) throws IOException {
    TestLink link = silent(path);
    link.send(LinkRequest.newBuilder().setHello(HELLO.toBuilder().clearFeatures()));
    return link;
  }

  /** Connects and says Hello. */
  public static TestLink connect(Path path) throws IOException {
    TestLink link = silent(path);
    link.send(LinkRequest.newBuilder().setHello(HELLO));
    return link;
  }

  /** The next frame of a channel that nobody listens to. */
  LinkResponse next() throws InterruptedException {
    LinkResponse frame = unclaimed.poll(10, TimeUnit.SECONDS);
    if (frame == null) {
      throw new AssertionError("no frame for 10 s");
    }
    return frame;
  }

  long open(Consumer<LinkResponse> listener) {
    long channel = lastChannel.incrementAndGet();
    listeners.put(channel, listener);
    return channel;
  }

  synchronized void send(LinkRequest.Builder frame) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      frame.build().writeDelimitedTo(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sendBytes(bytes.toByteArray());
  }

  synchronized void sendBytes(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    try {
      while (buffer.hasRemaining()) {
        if (socket.write(buffer) == 0) {
          return;
        }
      }
    } catch (IOException e) {
      // The other side is gone; the reader tells.
      closed.complete(null);
    }
  }

  void send(long channel, ExecRequest request) {
    send(LinkRequest.newBuilder().setChannel(channel).setExec(request));
  }

  /** A call's answer. */
  LinkResponse call(LinkRequest.Builder request) throws Exception {
    CompletableFuture<LinkResponse> answer = new CompletableFuture<>();
    long channel = open(answer::complete);
    send(request.setChannel(channel));
    return answer.get(30, TimeUnit.SECONDS);
  }

  /** Starts a command and reads all its output. */
  public TestExec start(Start start) {
    return new TestExec(this, ClientExec.start(start, 1 << 20), true).connect();
  }

  /** Starts a command and reads only what {@link TestExec#resume} lets through. */
  TestExec startHeld(Start start, long window) {
    return new TestExec(this, ClientExec.start(start, window), false).connect();
  }

  TestExec attach(Attach attach) {
    return new TestExec(this, ClientExec.attach(attach, true, 1 << 20), true).connect();
  }

  void closeChannel(long channel) {
    send(LinkRequest.newBuilder().setChannel(channel).setClose(Close.getDefaultInstance()));
    listeners.remove(channel);
  }

  /** Completes when the other side has closed. */
  CompletableFuture<Void> closed() {
    return closed;
  }

  @Override
  public void close() throws IOException {
    socket.close();
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read() {
    try {
      InputStream in = new BufferedInputStream(Channels.newInputStream(socket), 1 << 18);
      byte[] bytes = new byte[1 << 16];
      int first = in.read();
      while (first >= 0) {
        int length = CodedInputStream.readRawVarint32(first, in);
        bytes = bytes.length < length ? new byte[length] : bytes;
        if (in.readNBytes(bytes, 0, length) < length) {
          break;
        }
        LinkResponse frame = LinkResponse.parseFrom(CodedInputStream.newInstance(bytes, 0, length));
        dispatch(frame);
        first = in.read();
      }
    } catch (IOException e) {
      // Closed by one side or the other: what tests ask for is that it is.
      closed.complete(null);
    } finally {
      closed.complete(null);
    }
  }

  private void dispatch(LinkResponse frame) {
    if (frame.hasPing()) {
      send(LinkRequest.newBuilder().setPing(Ping.getDefaultInstance()));
      return;
    }
    Consumer<LinkResponse> listener = listeners.get(frame.getChannel());
    if (listener == null) {
      unclaimed.add(frame);
    } else {
      listener.accept(frame);
    }
  }
}
