package dev.gra.client;

import com.google.protobuf.ByteString;
import dev.gra.protocol.ClientExec;
import dev.gra.protocol.CreditExceededException;
import dev.gra.protocol.Limits;
import dev.gra.protocol.ProtocolException;
import dev.gra.protocol.Verification;
import dev.gra.v1.Detached;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Ping;
import dev.gra.v1.Stream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The host of one {@link ClientExec}: one lock around it, which the transport's thread (frames),
 * the writer's (consumed), stdin's and the caller's take in turn. Nothing blocks under it.
 */
final class ExecSession implements OutputWriter.Progress, StdinPump.Target, AutoCloseable {
  static final String SILENT = "SILENT";
  static final String UNREACHABLE = "UNREACHABLE";
  private static final String BROKEN = "CONNECTION_BROKEN";
  private static final Duration DETACH_WITHIN = Duration.ofSeconds(2);
  private static final Duration TICK = Duration.ofMillis(250);
  private static final ExecRequest PING =
      ExecRequest.newBuilder().setPing(Ping.getDefaultInstance()).build();

  private final Inbox inbox = new Inbox();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final String execId;
  private final ClientExec machine;
  private final ExecOptions options;
  private OutputWriter writer;
  private StdinPump pump;

  private ExecConnection current;
  private GraException cut;
  private boolean everConnected;
  private boolean progress;
  private long lastHeard;
  private long detachAsked = -1;
  private ClientExec.Over over;
  private Detached.Reason left;
  private IOException stdinFailure;
  private boolean closed;
  private boolean leaving;

  ExecSession(String execId, ClientExec machine, ExecOptions options) {
    this.execId = execId;
    this.machine = machine;
    this.options = options;
  }

  /** What connections are opened for. */
  ExecConnection.Host host() {
    return inbox;
  }

  void open() {
    writer = new OutputWriter(execId, options.sink(), this);
    options.stdin().ifPresent(source -> pump = new StdinPump(execId, source, this));
  }

  String execId() {
    return execId;
  }

  /** Talks over an open call until it is over; answers why, null only if all is done. */
  GraException converse(ExecConnection connection) throws InterruptedException {
    begin(connection);
    long nextPing = System.nanoTime() + Limits.PING_EVERY.toNanos();
    while (talking(connection)) {
      long now = System.nanoTime();
      if (now - nextPing >= 0) {
        act(exec -> transmit(PING));
        nextPing += Limits.PING_EVERY.toNanos();
      }
      long wait = Math.min(nextPing - now, TICK.toNanos());
      handle(inbox.next(wait), connection);
    }
    lock.lock();
    try {
      current = null;
      return cut;
    } finally {
      lock.unlock();
    }
  }

  private void begin(ExecConnection connection) {
    act(
        exec -> {
          current = connection;
          cut = null;
          lastHeard = System.nanoTime();
          exec.connected();
        });
  }

  /** False once this connection is of no more use. */
  private boolean talking(ExecConnection connection) {
    lock.lock();
    try {
      long now = System.nanoTime();
      if (current == null || leaving) {
        return false;
      }
      if (machine.finished()) {
        // The server ends the call when it has the acknowledgement; the client's close waits for
        // it.
        connection.halfClose();
        current = null;
      } else if (now - lastHeard >= Limits.SILENCE.toNanos()) {
        drop(GraException.of(SILENT, "grad said nothing for 35 s", null));
      } else if (detachOverdue()) {
        drop(GraException.of(UNREACHABLE, "grad did not answer", null));
      }
      return current != null;
    } finally {
      lock.unlock();
    }
  }

  private void handle(Inbox.Item item, ExecConnection connection) {
    switch (item) {
      case Inbox.Wake wake -> {}
      case Inbox.Frame frame -> {
        if (frame.from() == connection) {
          handle(frame.response(), connection);
        }
      }
      case Inbox.CallOver end -> {
        if (end.from() == connection) {
          act(exec -> over(end.why()));
        }
      }
    }
  }

  private void over(GraException why) {
    current = null;
    cut =
        why != null || machine.finished()
            ? why
            : GraException.of(BROKEN, "grad ended the call before the command's end", null);
  }

  private void handle(ExecResponse response, ExecConnection connection) {
    lock.lock();
    try {
      everConnected = true;
      lastHeard = System.nanoTime();
      take(machine.received(response));
      send();
      connection.wantAnother();
    } catch (ProtocolException | CreditExceededException e) {
      drop(GraException.of("PROTOCOL", "grad broke the protocol: " + e.getMessage(), null, e));
    } finally {
      changed.signalAll();
      lock.unlock();
    }
  }

  private void take(ClientExec.Event event) {
    switch (event) {
      case ClientExec.Nothing nothing -> {}
      case ClientExec.Running running -> {
        progress = true;
        options.listener().started(running.started());
      }
      case ClientExec.Bytes bytes -> {
        progress = true;
        writer.data(bytes.stream(), bytes.end(), bytes.data());
      }
      case ClientExec.Missing missing -> {
        progress = true;
        writer.gap(missing.stream(), missing.from(), missing.to());
      }
      case ClientExec.OutputOver end -> writer.end(end.stream(), end.end());
      case ClientExec.StdinRoom room -> progress = true;
      case ClientExec.StdinOver stdinOver -> {}
      case ClientExec.Left gone -> left = machine.finished() ? gone.reason() : null;
      case ClientExec.Over ended -> {
        progress = true;
        over = ended;
      }
    }
  }

  private void drop(GraException why) {
    ExecConnection dropped = current;
    current = null;
    cut = why;
    if (dropped != null) {
      dropped.cancel(why == null ? "done" : why.getMessage());
      inbox.wake();
    }
  }

  private void send() {
    while (current != null) {
      var frame = machine.next();
      if (frame.isEmpty()) {
        return;
      }
      transmit(frame.get());
    }
  }

  // A call that has just ended on the transport's thread refuses frames; its end is told in a
  // moment.
  private void transmit(ExecRequest frame) {
    try {
      current.send(frame);
    } catch (IllegalStateException e) {
      drop(GraException.of(BROKEN, "the call is over: " + e.getMessage(), null, e));
    }
  }

  void act(Consumer<ClientExec> action) {
    lock.lock();
    try {
      action.accept(machine);
      send();
      changed.signalAll();
      if (machine.finished()) {
        inbox.wake();
      }
    } finally {
      lock.unlock();
    }
  }

  void detach() {
    act(
        exec -> {
          exec.detach();
          detachAsked = detachAsked < 0 ? System.nanoTime() : detachAsked;
        });
  }

  void leave() {
    act(
        exec -> {
          leaving = true;
          drop(null);
        });
    inbox.wake();
  }

  private boolean detachOverdue() {
    return detachAsked >= 0 && System.nanoTime() - detachAsked > DETACH_WITHIN.toNanos();
  }

  @Override
  public void written(Stream stream, long upTo) {
    act(exec -> exec.written(stream, upTo));
  }

  @Override
  public void refused(Stream stream, IOException why) {
    act(exec -> exec.closeOutput(stream));
  }

  @Override
  public int awaitRoom() throws InterruptedException {
    lock.lock();
    try {
      while (!closed && machine.stdinOpen() && machine.stdinRoom() == 0) {
        changed.await();
      }
      return closed ? 0 : machine.stdinRoom();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void stdin(ByteString data) {
    act(exec -> exec.stdin(data));
  }

  @Override
  public void end(IOException failure) {
    act(
        exec -> {
          stdinFailure = failure;
          if (failure == null) {
            exec.stdinEnd();
          } else {
            // An end that wasn't one would make the command believe it has all.
            exec.cancel("stdin could not be read");
          }
        });
  }

  /** Waits before the next try; false if there shall be none. */
  boolean pause(Duration pause) throws InterruptedException {
    lock.lock();
    try {
      long end = System.nanoTime() + pause.toNanos();
      while (System.nanoTime() < end && detachAsked < 0 && !leaving) {
        changed.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
      return !leaving && !detachOverdue();
    } finally {
      lock.unlock();
    }
  }

  boolean tookProgress() {
    return locked(
        () -> {
          boolean took = progress;
          progress = false;
          return took;
        });
  }

  boolean everStarted() {
    return locked(machine::everStarted);
  }

  boolean everConnected() {
    return locked(() -> everConnected);
  }

  /** True if there is nothing left to do on any connection. */
  boolean settled() {
    return locked(() -> leaving || machine.finished());
  }

  boolean hasEnding() {
    return locked(() -> over != null);
  }

  /** What became of it, once all output is written. */
  ExecOutcome outcome() throws InterruptedException {
    writer.finish();
    lock.lock();
    try {
      if (over == null) {
        return new ExecOutcome.Left(
            left == null ? Detached.Reason.REASON_REQUESTED : left, left != null);
      }
      if (stdinFailure != null) {
        throw GraException.of(
            "STDIN_LOST", "stdin could not be read: " + stdinFailure.getMessage(), null);
      }
      if (over.verification() == Verification.MISMATCH) {
        throw GraException.of(
            "CHECKSUM_MISMATCH",
            "the output received is not what the command wrote (bytes or CRC-32C differ)",
            "gractl execs logs " + execId);
      }
      return new ExecOutcome.Finished(over.ended(), over.verification());
    } finally {
      lock.unlock();
    }
  }

  private boolean locked(java.util.function.BooleanSupplier question) {
    lock.lock();
    try {
      return question.getAsBoolean();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      drop(null);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (writer != null) {
      writer.close();
    }
    if (pump != null) {
      pump.close();
    }
  }
}
