package dev.gra.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.gra.v1.Attach;
import dev.gra.v1.Cursors;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Start;
import dev.gra.v1.Stream;

/** A client with its sinks and its source of stdin; it checks every byte that it is given. */
final class SimClient {
  private static final class Sink {
    final boolean fromStart;
    long position;
    long written;
    boolean gap;
    boolean closed;
    boolean ended;
    boolean corrupted;

    Sink(long cursor) {
      this.fromStart = cursor == 0;
      this.position = cursor;
      this.written = cursor;
    }
  }

  final ClientExec exec;
  final boolean writer;
  final boolean feedsStdin;
  private final Scenario scenario;
  private final Sink[] sinks;
  private long stdinAt;
  private boolean stdinEnded;
  private boolean over;
  private boolean failed;

  private SimClient(
      ClientExec exec, boolean writer, boolean feedsStdin, Cursors cursors, Scenario scenario) {
    this.exec = exec;
    this.writer = writer;
    this.feedsStdin = feedsStdin && writer;
    this.scenario = scenario;
    this.sinks = new Sink[] {new Sink(cursors.getStdout()), new Sink(cursors.getStderr())};
    // One that joins learns from Started where stdin goes on.
    this.stdinAt = -1;
  }

  static SimClient starting(Scenario scenario) {
    Start start = Start.newBuilder().setExecId("exec").setStdin(scenario.stdin()).build();
    SimClient client =
        new SimClient(
            ClientExec.start(start, scenario.windowBytes()),
            true,
            scenario.stdin(),
            Cursors.getDefaultInstance(),
            scenario);
    client.stdinAt = 0;
    return client;
  }

  static SimClient joining(Scenario scenario, Cursors cursors, boolean writer, boolean stdin) {
    Attach attach =
        Attach.newBuilder().setExecId("exec").setCursors(cursors).setWriter(writer).build();
    return new SimClient(
        ClientExec.attach(attach, stdin, scenario.windowBytes()), writer, stdin, cursors, scenario);
  }

  /** A frame came; {@code host} knows the truth. */
  void receive(ExecResponse response, SimHost host) {
    switch (exec.received(response)) {
      case ClientExec.Running running -> {
        if (stdinAt < 0) {
          stdinAt = running.started().getStdinAccepted();
        }
      }
      case ClientExec.Bytes bytes -> bytes(bytes.stream(), bytes.end(), bytes.data());
      case ClientExec.Missing missing -> {
        Sink sink = sink(missing.stream());
        assertThat(missing.from()).isEqualTo(sink.position);
        assertThat(missing.to()).isGreaterThan(missing.from());
        assertThat(scenario.ring() || missing.to() <= host.consumedByWriters(missing.stream()))
            .as("bytes dropped that no writer had consumed")
            .isTrue();
        sink.position = missing.to();
        sink.gap = true;
        host.seen.add(scenario.ring() ? "gap of a ring" : "gap");
        if (sink.closed) {
          sink.written = sink.position;
        }
      }
      case ClientExec.OutputOver end -> ended(end.stream(), end.end(), host);
      case ClientExec.Over end -> over(end, host);
      case ClientExec.Nothing() -> {}
      case ClientExec.StdinRoom() -> {}
      case ClientExec.StdinOver() -> {
        assertThat(host.stdinClosed()).as("stdin is really closed").isTrue();
        host.seen.add("stdin closed");
      }
      case ClientExec.Left left -> {
        // A grad may go before the runner has heard anything.
        if (host != null) {
          host.seen.add(left.reason().name());
        }
      }
    }
  }

  /** Nothing is under way any more: what has ended of a command that goes on is known. */
  void knowsEndsOf(SimHost host) {
    for (Stream stream : Streams.ALL) {
      if (host.outputEnded(stream) && !host.ended() && !sink(stream).closed && !failed) {
        assertThat(sink(stream).ended).as("%s knows the end of %s", this, stream).isTrue();
      }
    }
  }

  /** The sink takes some bytes; answers how many. */
  int write(Stream stream, int bytes) {
    Sink sink = sink(stream);
    int taken = (int) Math.min(bytes, sink.position - sink.written);
    if (taken > 0) {
      sink.written += taken;
      exec.written(stream, sink.written);
    }
    return taken;
  }

  /** The source gives some bytes; answers how many, or 1 for its end. */
  int feed(int bytes) {
    if (!feedsStdin || stdinAt < 0 || stdinEnded) {
      return 0;
    }
    int room = exec.stdinRoom();
    assertThat(room).isBetween(0, 256 << 10);
    int given = (int) Math.min(Math.min(bytes, room), scenario.stdinBytes() - stdinAt);
    if (given > 0) {
      exec.stdin(Content.stdin(stdinAt, stdinAt + given));
      stdinAt += given;
    }
    if (stdinAt >= scenario.stdinBytes()) {
      exec.stdinEnd();
      stdinEnded = true;
      return 1;
    }
    return Math.max(0, given);
  }

  void close(Stream stream) {
    Sink sink = sink(stream);
    sink.closed = true;
    sink.written = sink.position;
    exec.closeOutput(stream);
  }

  /** The server said what can't be; this client gives up. */
  void fail() {
    failed = true;
  }

  boolean failed() {
    return failed;
  }

  boolean done() {
    return failed || exec.finished();
  }

  long written(Stream stream) {
    return sink(stream).written;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(writer ? "writer" : "observer");
    for (Sink sink : sinks) {
      text.append(' ').append(sink.written).append('/').append(sink.position);
      text.append(sink.closed ? " closed" : "");
    }
    text.append(feedsStdin ? " stdin " + stdinAt : "").append(stdinEnded ? " ended" : "");
    return text.append(over ? " saw the end" : "").append(failed ? " failed" : "").toString();
  }

  private void bytes(Stream stream, long end, ByteString data) {
    Sink sink = sink(stream);
    assertThat(data.isEmpty()).isFalse();
    assertThat(sink.closed).isFalse();
    assertThat(sink.ended).as("%s after its end", stream).isFalse();
    assertThat(end - data.size()).as("%s goes on", stream).isEqualTo(sink.position);
    if (!data.equals(Content.of(stream, sink.position, end))) {
      assertThat(scenario.corrupt()).as("wrong bytes of %s", stream).isTrue();
      sink.corrupted = true;
    }
    sink.position = end;
    assertThat(sink.position - sink.written).isLessThanOrEqualTo(scenario.windowBytes());
  }

  private void ended(Stream stream, long end, SimHost host) {
    Sink sink = sink(stream);
    assertThat(sink.closed).isFalse();
    assertThat(sink.ended).as("%s ended before", stream).isFalse();
    assertThat(host.outputEnded(stream)).as("%s has ended", stream).isTrue();
    assertThat(end).isEqualTo(sink.position).isEqualTo(host.end(stream));
    sink.ended = true;
    host.seen.add("output ended");
  }

  private void over(ClientExec.Over end, SimHost host) {
    over = true;
    assertThat(end.ended()).isEqualTo(host.ending());
    Verification expected = Verification.VERIFIED;
    for (Stream stream : Streams.ALL) {
      Sink sink = sink(stream);
      if (!sink.closed) {
        assertThat(sink.position).as("%s is whole", stream).isEqualTo(host.end(stream));
      }
      expected = worse(expected, verification(sink));
    }
    assertThat(end.verification()).isEqualTo(expected);
    host.seen.add(expected.name());
  }

  private Verification verification(Sink sink) {
    if (!sink.fromStart || sink.gap || sink.closed || scenario.partial()) {
      return Verification.UNVERIFIED;
    }
    return sink.corrupted ? Verification.MISMATCH : Verification.VERIFIED;
  }

  private static Verification worse(Verification one, Verification other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private Sink sink(Stream stream) {
    return sinks[Streams.index(stream)];
  }
}
