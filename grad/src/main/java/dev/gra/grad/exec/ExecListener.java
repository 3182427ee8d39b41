package dev.gra.grad.exec;

import dev.gra.protocol.Relay;
import dev.gra.v1.Ended;
import dev.gra.v1.Stream;
import java.time.Duration;

/** Told of what attachments see, each in order. Must not block. */
public interface ExecListener {
  /** Doesn't care. */
  ExecListener NOBODY = new ExecListener() {};

  /** Told once of each attachment that was sent to a runner or has ended, and before its ending. */
  default void began(Opening opening, Beginning how) {}

  /** An exec has ended, as this attachment heard; others, and later ones, may hear it too. */
  default void ended(Opening opening, Ended ended) {}

  /** The runner started the command, so long after its Start came here. */
  default void started(Duration after) {}

  /** The first byte of a command that this attachment started, so long after its Start. */
  default void firstByte(Duration after) {}

  /** The ending of a command that this attachment started, so long after its Start. */
  default void took(Duration after) {}

  /** Output passes to the client. */
  default void output(Stream stream, int bytes) {}

  /** Stdin passes to the runner. */
  default void stdin(int bytes) {}

  /** A stream used up its credit. */
  default void stalled(Stream stream, Relay.Hold why) {}
}
