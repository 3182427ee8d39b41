package dev.gra.protocol;

import dev.gra.v1.Attach;
import dev.gra.v1.Cursors;
import dev.gra.v1.Start;

/**
 * How a client joins an exec.
 *
 * @param cursors where it wants each output to begin
 * @param writer whether as the writer
 * @param writerEpoch the epoch of a writer that comes back after a cut, 0 for one that takes over
 * @param resumed whether the exec was there before
 * @param outputEnds whether it is told of a stream that ends while the command goes on
 */
public record Joining(
    Cursors cursors, boolean writer, long writerEpoch, boolean resumed, boolean outputEnds) {
  public Joining {
    if (writerEpoch < 0) {
      throw new ProtocolException("negative writer epoch " + writerEpoch);
    }
  }

  /** By the Start that makes the exec. */
  public static Joining first(Start start) {
    return new Joining(Cursors.getDefaultInstance(), true, 0, false, start.getOutputEnds());
  }

  /** By a Start that was said before. */
  public static Joining again(Start start) {
    return new Joining(start.getCursors(), true, 0, true, start.getOutputEnds());
  }

  /** By an Attach. */
  public static Joining by(Attach attach) {
    return new Joining(
        attach.getCursors(),
        attach.getWriter(),
        attach.getWriterEpoch(),
        true,
        attach.getOutputEnds());
  }
}
