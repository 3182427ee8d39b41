package dev.gra.client;

import dev.gra.protocol.Limits;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How this side takes part in an exec.
 *
 * @param sink where its output goes
 * @param stdin what it reads; closed in the end, since only that frees a thread blocked in it
 * @param listener is told how it goes
 * @param trace the span that the call belongs to
 * @param giveUpAfter how long to try to get back to an exec
 * @param window how many bytes of each stream may be on their way
 */
public record ExecOptions(
    OutputSink sink,
    Optional<ReadableByteChannel> stdin,
    ExecListener listener,
    Optional<TraceParent> trace,
    Duration giveUpAfter,
    long window) {
  public ExecOptions {
    Objects.requireNonNull(sink);
    Objects.requireNonNull(stdin);
    Objects.requireNonNull(listener);
    Objects.requireNonNull(trace);
    Objects.requireNonNull(giveUpAfter);
  }

  /** No stdin, and the protocol's defaults. */
  public static ExecOptions to(OutputSink sink) {
    return new ExecOptions(
        sink,
        Optional.empty(),
        ExecListener.NONE,
        Optional.empty(),
        Limits.START_RETRIES,
        Limits.OUTPUT_WINDOW_BYTES);
  }

  /** The same with stdin. */
  public ExecOptions stdin(ReadableByteChannel source) {
    return new ExecOptions(sink, Optional.of(source), listener, trace, giveUpAfter, window);
  }

  /** The same, told to a listener. */
  public ExecOptions listener(ExecListener told) {
    return new ExecOptions(sink, stdin, told, trace, giveUpAfter, window);
  }

  /** The same in a span. */
  public ExecOptions trace(TraceParent span) {
    return new ExecOptions(sink, stdin, listener, Optional.of(span), giveUpAfter, window);
  }

  /** The same with another patience. */
  public ExecOptions giveUpAfter(Duration patience) {
    return new ExecOptions(sink, stdin, listener, trace, patience, window);
  }

  /** The same with another window. */
  public ExecOptions window(long bytes) {
    return new ExecOptions(sink, stdin, listener, trace, giveUpAfter, bytes);
  }
}
