package dev.gra.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.gra.v1.Ended;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Stream;
import java.util.Set;

/** A runner's host in memory: spools and a command, whose pace the simulation sets. */
final class SimHost implements RunnerExec.Host {
  private static final class Spool {
    long first;
    long end;
    long consumed;
    boolean closed;
    boolean ended;
  }

  final RunnerExec exec;
  final Set<String> seen;
  private final Scenario scenario;
  private final Spool[] spools = {new Spool(), new Spool()};
  private long stdinAccepted;
  private long stdinConsumed;
  private boolean stdinEndAccepted;
  private boolean stdinClosed;
  private boolean cancelled;
  private long writtenBySender;
  private boolean sending;

  SimHost(Scenario scenario, Set<String> seen) {
    this.seen = seen;
    this.scenario = scenario;
    this.exec = new RunnerExec("exec", scenario.stdin() ? Limits.STDIN_WINDOW_BYTES / 4 : 0, this);
    this.stdinClosed = !scenario.stdin();
  }

  /** Before a frame is received: what its sender's sink has written, per stream. */
  void received(SimClient sender, Stream stream) {
    sending = true;
    writtenBySender = sender.written(stream);
  }

  /** The command writes; answers how much of it went. */
  int produce(Stream stream, int bytes) {
    Spool spool = spool(stream);
    long left = scenario.ring() ? bytes : scenario.spoolBytes() - (spool.end - spool.consumed);
    int taken = (int) Math.min(bytes, Math.min(left, total(stream) - spool.end));
    if (finished(stream) || taken <= 0) {
      return 0;
    }
    spool.end += taken;
    spool.first = Math.max(spool.first, spool.end - scenario.spoolBytes());
    return taken;
  }

  /** The command closes a stream and goes on. */
  void endOutput(Stream stream) {
    if (!ended() && !spool(stream).closed && !spool(stream).ended) {
      spool(stream).ended = true;
      exec.outputEnded(stream);
    }
  }

  /** Whether it goes on without this stream. */
  boolean outputEnded(Stream stream) {
    return spool(stream).ended;
  }

  /** The command reads its stdin; answers how much came. */
  int read(int bytes) {
    int taken = (int) Math.min(bytes, stdinAccepted - stdinConsumed);
    if (stdinClosed || taken == 0) {
      return 0;
    }
    stdinConsumed += taken;
    exec.stdinConsumed(stdinConsumed);
    return taken;
  }

  void closeStdin() {
    if (!stdinClosed) {
      stdinClosed = true;
      exec.stdinClosed();
    }
  }

  /** The command ends if it has nothing left to do. */
  boolean endIfDone() {
    boolean done =
        Streams.ALL.stream().allMatch(this::finished)
            && (!scenario.waitsForStdinEnd() || stdinClosed || stdinAtEnd());
    if (ended() || !(done || cancelled)) {
      return false;
    }
    stdinClosed = stdinClosed || !stdinAtEnd();
    exec.ended(
        Frames.exited(end(Stream.STREAM_STDOUT), end(Stream.STREAM_STDERR)).toBuilder()
            .setPartial(scenario.partial())
            .build());
    return true;
  }

  ExecResponse output(RunnerExec.Data data) {
    long to = data.offset() + data.length();
    assertThat(data.length()).isBetween(1, Limits.CHUNK_BYTES);
    assertThat(data.offset()).isGreaterThanOrEqualTo(first(data.stream()));
    assertThat(to).isLessThanOrEqualTo(end(data.stream()));
    return Frames.output(data.stream(), data.offset(), data.length());
  }

  boolean ended() {
    return exec.ending().isPresent();
  }

  Ended ending() {
    return exec.ending().orElseThrow();
  }

  /** All of stdin came, to its end, and the command has read it. */
  boolean stdinAtEnd() {
    return stdinEndAccepted && stdinConsumed == scenario.stdinBytes();
  }

  boolean stdinClosed() {
    return stdinClosed;
  }

  /** Up to where the writers have consumed a stream. */
  long consumedByWriters(Stream stream) {
    return spool(stream).consumed;
  }

  @Override
  public long first(Stream stream) {
    return spool(stream).first;
  }

  @Override
  public long end(Stream stream) {
    return spool(stream).end;
  }

  @Override
  public void stdin(ByteString data) {
    assertThat(stdinEndAccepted).as("stdin after its end").isFalse();
    assertThat(data)
        .as("stdin at %s", stdinAccepted)
        .isEqualTo(Content.stdin(stdinAccepted, stdinAccepted + data.size()));
    stdinAccepted += data.size();
    assertThat(stdinAccepted - stdinConsumed).isLessThanOrEqualTo(256 << 10);
  }

  @Override
  public void stdinEnd() {
    assertThat(stdinEndAccepted).as("stdin ended before").isFalse();
    assertThat(stdinAccepted).isEqualTo(scenario.stdinBytes());
    stdinEndAccepted = true;
    seen.add("stdin to its end");
  }

  @Override
  public void consumed(Stream stream, long upTo) {
    assertThat(sending).isTrue();
    assertThat(upTo).as("trim of %s", stream).isLessThanOrEqualTo(writtenBySender);
    spool(stream).consumed = Math.max(spool(stream).consumed, upTo);
  }

  @Override
  public void closeOutput(Stream stream) {
    assertThat(ended()).isFalse();
    assertThat(spool(stream).closed).isFalse();
    seen.add("output closed");
    spool(stream).closed = true;
  }

  @Override
  public void signal(int number) {
    assertThat(ended()).isFalse();
  }

  @Override
  public void cancel(String by) {
    assertThat(ended()).isFalse();
    cancelled = true;
    seen.add("cancelled");
  }

  @Override
  public void detached() {}

  @Override
  public void acknowledged() {
    assertThat(ended()).isTrue();
  }

  private boolean finished(Stream stream) {
    return ended()
        || spool(stream).closed
        || spool(stream).ended
        || spool(stream).end == total(stream);
  }

  private int total(Stream stream) {
    return Streams.index(stream) == 0 ? scenario.stdoutBytes() : scenario.stderrBytes();
  }

  private Spool spool(Stream stream) {
    return spools[Streams.index(stream)];
  }
}
