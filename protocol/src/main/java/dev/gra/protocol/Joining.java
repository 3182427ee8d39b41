package dev.gra.protocol;

import dev.gra.v1.Attach;
import dev.gra.v1.Cursors;

/**
 * How a client joins an exec.
 *
 * @param cursors where it wants each output to begin
 * @param writer whether as the writer
 * @param writerEpoch the epoch of a writer that comes back after a cut, 0 for one that takes over
 * @param resumed whether the exec was there before
 */
public record Joining(Cursors cursors, boolean writer, long writerEpoch, boolean resumed) {
  public Joining {
    if (writerEpoch < 0) {
      throw new ProtocolException("negative writer epoch " + writerEpoch);
    }
  }

  /** By the Start that makes the exec. */
  public static Joining first() {
    return new Joining(Cursors.getDefaultInstance(), true, 0, false);
  }

  /** By a Start that was said before. */
  public static Joining again(Cursors cursors) {
    return new Joining(cursors, true, 0, true);
  }

  /** By an Attach. */
  public static Joining by(Attach attach) {
    return new Joining(attach.getCursors(), attach.getWriter(), attach.getWriterEpoch(), true);
  }
}
