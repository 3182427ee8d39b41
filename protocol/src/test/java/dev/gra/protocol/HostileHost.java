package dev.gra.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.gra.v1.Stream;

/** The host of a runner whose clients are enemies: it checks what gets through to it. */
final class HostileHost implements RunnerExec.Host {
  final long[] end = {1000, 0};
  long stdin;
  private final long[] first = new long[2];
  private long stdinConsumed;
  private boolean stdinEnded;

  /** Something happens at the runner. */
  void step(Choices choices, RunnerExec exec) {
    int index = choices.below(2);
    switch (choices.below(8)) {
      case 0 -> end[index] += exec.ending().isPresent() ? 0 : choices.below(50_000);
      case 1 -> first[index] += choices.below((int) (end[index] - first[index]) + 1);
      case 2 -> {
        stdinConsumed += choices.below((int) (stdin - stdinConsumed) + 1);
        exec.stdinConsumed(stdinConsumed);
      }
      case 3 -> {
        if (exec.ending().isEmpty() && choices.below(8) == 7) {
          exec.ended(Frames.exited(0, 0));
        }
      }
      default -> {}
    }
  }

  void check(RunnerExec.Outgoing outgoing) {
    if (outgoing instanceof RunnerExec.Data(Stream stream, long offset, int length)) {
      assertThat(length).isBetween(1, Limits.CHUNK_BYTES);
      assertThat(offset).isGreaterThanOrEqualTo(first(stream));
      assertThat(offset + length).isLessThanOrEqualTo(end(stream));
    }
  }

  @Override
  public long first(Stream stream) {
    return first[Streams.index(stream)];
  }

  @Override
  public long end(Stream stream) {
    return end[Streams.index(stream)];
  }

  @Override
  public void stdin(ByteString data) {
    assertThat(stdinEnded).isFalse();
    stdin += data.size();
    assertThat(stdin - stdinConsumed).isLessThanOrEqualTo(Limits.STDIN_WINDOW_BYTES);
  }

  @Override
  public void stdinEnd() {
    stdinEnded = true;
  }

  @Override
  public void consumed(Stream stream, long upTo) {
    assertThat(upTo).isBetween(0L, end(stream));
  }

  @Override
  public void closeOutput(Stream stream) {
    assertThat(stream).isIn(Streams.ALL);
  }

  @Override
  public void signal(int number) {
    assertThat(number).isBetween(1, 64);
  }

  @Override
  public void cancel(String by) {
    assertThat(by.length()).isLessThanOrEqualTo(200);
  }

  @Override
  public void detached() {}

  @Override
  public void acknowledged() {}
}
