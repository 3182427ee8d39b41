package dev.gra.runnerd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.gra.link.v1.LinkError;
import dev.gra.link.v1.LinkResponse;
import dev.gra.protocol.ClientExec;
import dev.gra.protocol.Verification;
import dev.gra.v1.Detached;
import dev.gra.v1.Ended;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.Started;
import dev.gra.v1.Stream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A client's exec, for tests: it answers frames as they come and keeps the output. */
public final class TestExec {
  private final TestLink link;
  private final ClientExec machine;
  private final Map<Stream, ByteArrayOutputStream> outputs = new EnumMap<>(Stream.class);
  private final Map<Stream, Long> ends = new EnumMap<>(Stream.class);
  private final List<ClientExec.Missing> gaps = new ArrayList<>();
  private final List<ClientExec.OutputOver> outputsOver = new ArrayList<>();
  private final CompletableFuture<Started> started = new CompletableFuture<>();
  private final CompletableFuture<ClientExec.Over> over = new CompletableFuture<>();
  private final CompletableFuture<Detached.Reason> left = new CompletableFuture<>();
  private final CompletableFuture<LinkError> error = new CompletableFuture<>();
  private boolean reads;
  private boolean acknowledges = true;
  private boolean keeps = true;
  private boolean stdinOver;
  private long channel;
  private long received;

  TestExec(TestLink link, ClientExec machine, boolean reads) {
    this.link = link;
    this.machine = machine;
    this.reads = reads;
    outputs.put(Stream.STREAM_STDOUT, new ByteArrayOutputStream());
    outputs.put(Stream.STREAM_STDERR, new ByteArrayOutputStream());
  }

  synchronized TestExec connect() {
    channel = link.open(this::received);
    machine.connected();
    send();
    return this;
  }

  /** Doesn't acknowledge its ending. */
  synchronized TestExec unacknowledging() {
    acknowledges = false;
    return this;
  }

  /** Counts its output and keeps nothing. */
  synchronized TestExec counting() {
    keeps = false;
    return this;
  }

  long channel() {
    return channel;
  }

  Started awaitStarted() throws Exception {
    return started.get(10, TimeUnit.SECONDS);
  }

  public Ended ended() throws Exception {
    return over().ended();
  }

  ClientExec.Over over() throws Exception {
    return over.get(60, TimeUnit.SECONDS);
  }

  /** The ending of an exec all of whose output came and agrees with the totals. */
  public Ended verified() throws Exception {
    ClientExec.Over end = over();
    assertThat(end.verification()).as("%s", end.ended()).isEqualTo(Verification.VERIFIED);
    return end.ended();
  }

  Detached.Reason left() throws Exception {
    return left.get(10, TimeUnit.SECONDS);
  }

  LinkError error() throws Exception {
    return error.get(10, TimeUnit.SECONDS);
  }

  boolean isOver() {
    return over.isDone();
  }

  public synchronized byte[] stdout() {
    return outputs.get(Stream.STREAM_STDOUT).toByteArray();
  }

  String stdoutText() {
    return new String(stdout(), java.nio.charset.StandardCharsets.UTF_8);
  }

  synchronized byte[] stderr() {
    return outputs.get(Stream.STREAM_STDERR).toByteArray();
  }

  synchronized long received() {
    return received;
  }

  synchronized List<ClientExec.Missing> gaps() {
    return List.copyOf(gaps);
  }

  synchronized List<ClientExec.OutputOver> outputsOver() {
    return List.copyOf(outputsOver);
  }

  /** Begins to take what came and what comes. */
  synchronized void resume() {
    reads = true;
    ends.forEach(machine::written);
    send();
  }

  synchronized void signal(int number) {
    machine.signal(number);
    send();
  }

  synchronized void cancel(String by) {
    machine.cancel(by);
    send();
  }

  synchronized void detach() {
    machine.detach();
    send();
  }

  synchronized void closeOutput(Stream stream) {
    machine.closeOutput(stream);
    send();
  }

  /** Feeds stdin as room comes, and ends it; false if the command took no more. */
  boolean feed(InputStream source) throws Exception {
    byte[] bytes = new byte[32 * 1024];
    while (true) {
      int room = awaitRoom();
      if (room < 0) {
        return false;
      }
      int count = source.read(bytes, 0, Math.min(room, bytes.length));
      synchronized (this) {
        if (count < 0) {
          machine.stdinEnd();
          send();
          return true;
        }
        machine.stdin(ByteString.copyFrom(bytes, 0, count));
        send();
      }
    }
  }

  /** Feeds stdin without ending it. */
  synchronized void stdin(String text) {
    machine.stdin(ByteString.copyFromUtf8(text));
    send();
  }

  synchronized boolean stdinIsOver() {
    return stdinOver;
  }

  /** The client goes away. */
  void vanish() {
    link.closeChannel(channel);
  }

  private synchronized int awaitRoom() throws InterruptedException {
    while (!stdinOver && !over.isDone() && machine.stdinRoom() == 0) {
      wait(10_000);
    }
    return stdinOver || over.isDone() ? -1 : machine.stdinRoom();
  }

  private synchronized void received(LinkResponse frame) {
    if (frame.hasError()) {
      error.complete(frame.getError());
      return;
    }
    switch (machine.received(frame.getExec())) {
      case ClientExec.Running(Started answer) -> {
        stdinOver |= answer.getStdinClosed();
        started.complete(answer);
      }
      case ClientExec.Bytes(Stream stream, long end, ByteString data) -> write(stream, end, data);
      case ClientExec.Missing gap -> {
        gaps.add(gap);
        taken(gap.stream(), gap.to());
      }
      case ClientExec.OutputOver over -> outputsOver.add(over);
      case ClientExec.StdinRoom() -> {}
      case ClientExec.StdinOver() -> stdinOver = true;
      case ClientExec.Left(Detached.Reason reason) -> left.complete(reason);
      case ClientExec.Over end -> over.complete(end);
      case ClientExec.Nothing() -> {}
    }
    notifyAll();
    send();
  }

  private void write(Stream stream, long end, ByteString data) {
    received += data.size();
    if (keeps) {
      try {
        data.writeTo(outputs.get(stream));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    taken(stream, end);
  }

  private void taken(Stream stream, long end) {
    ends.put(stream, end);
    if (reads) {
      machine.written(stream, end);
    }
  }

  private void send() {
    Optional<ExecRequest> next = machine.next();
    while (next.isPresent()) {
      if (acknowledges || !next.get().hasEndedAck()) {
        link.send(channel, next.get());
      }
      next = machine.next();
    }
  }
}
