package dev.gra.protocol;

import dev.gra.v1.Cursors;
import dev.gra.v1.Detached;
import dev.gra.v1.Ended;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Gap;
import dev.gra.v1.OutputEnd;
import dev.gra.v1.Stream;

/**
 * One attachment as {@link RunnerExec} knows it: what it may be sent, and what it is to be told.
 */
final class Attachment {
  final OutputSender[] outputs;
  final Joining joining;
  boolean startedDue = true;
  boolean stdinCreditDue;
  boolean stdinClosedDue;
  boolean endedSent;
  Detached.Reason detachDue;
  private int turn;

  Attachment(Joining joining) {
    Cursors cursors = joining.cursors();
    this.outputs =
        new OutputSender[] {
          new OutputSender(cursors.getStdout()), new OutputSender(cursors.getStderr())
        };
    this.joining = joining;
  }

  /**
   * The next of its output, then Ended; null if nothing can be sent now.
   *
   * @param outputEnded which streams have ended
   * @param ended how the command has, or null
   */
  RunnerExec.Outgoing output(RunnerExec.Host host, boolean[] outputEnded, Ended ended) {
    if (endedSent) {
      return null;
    }
    boolean done = true;
    for (int i = 0; i < Streams.ALL.size(); i++) {
      Stream stream = Streams.ALL.get((turn + i) % Streams.ALL.size());
      OutputSender output = outputs[Streams.index(stream)];
      long end = host.end(stream);
      switch (output.next(host.first(stream), end)) {
        case OutputSender.Chunk(long offset, int length) -> {
          turn = Streams.index(stream) + 1;
          return new RunnerExec.Data(stream, offset, length);
        }
        case OutputSender.Missing(long from, long to) -> {
          return frame(
              ExecResponse.newBuilder()
                  .setGap(Gap.newBuilder().setStream(stream).setFrom(from).setTo(to)));
        }
        case OutputSender.Nothing() -> {
          // The command's own end says as much.
          boolean tells = joining.outputEnds() && ended == null;
          if (tells && outputEnded[Streams.index(stream)] && output.takeEnd(end)) {
            return frame(
                ExecResponse.newBuilder()
                    .setOutputEnd(OutputEnd.newBuilder().setStream(stream).setOffset(end)));
          }
          done &= output.done(end);
        }
      }
    }
    if (ended == null || !done) {
      return null;
    }
    endedSent = true;
    return frame(ExecResponse.newBuilder().setEnded(ended));
  }

  private static RunnerExec.Outgoing frame(ExecResponse.Builder response) {
    return new RunnerExec.Frame(response.build());
  }
}
