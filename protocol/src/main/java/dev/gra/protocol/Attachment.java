package dev.gra.protocol;

import dev.gra.v1.Cursors;
import dev.gra.v1.Detached;

/**
 * One attachment as {@link RunnerExec} knows it: what it may be sent, and what it is to be told.
 */
final class Attachment {
  final OutputSender[] outputs;
  final boolean resumed;
  boolean startedDue = true;
  boolean stdinCreditDue;
  boolean stdinClosedDue;
  boolean endedSent;
  Detached.Reason detachDue;
  int turn;

  Attachment(Cursors cursors, boolean resumed) {
    this.outputs =
        new OutputSender[] {
          new OutputSender(cursors.getStdout()), new OutputSender(cursors.getStderr())
        };
    this.resumed = resumed;
  }
}
