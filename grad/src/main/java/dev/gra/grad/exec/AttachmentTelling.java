package dev.gra.grad.exec;

import dev.gra.protocol.Relay;
import dev.gra.protocol.Streams;
import dev.gra.v1.Ended;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Output;
import dev.gra.v1.Stream;
import java.time.Duration;
import java.time.Instant;

/** What an attachment's listener is told. Guarded by its attachment. */
final class AttachmentTelling {
  private final Opening opening;
  private final ExecListener listener;
  private final long arrived = System.nanoTime();
  private final Instant since = Instant.now();
  private final long[] outputs = new long[Streams.ALL.size()];
  private long stdin;
  private boolean ended;
  private boolean began;
  private boolean started;
  private boolean firstByte;

  AttachmentTelling(Opening opening, ExecListener listener) {
    this.opening = opening;
    this.listener = listener;
  }

  /** A frame came that the relay took. */
  void fromRunner(ExecResponse response, Relay relay) {
    if (response.hasStarted()) {
      began(Beginning.of(opening, response.getStarted()));
    } else if (response.hasOutput()) {
      output(response.getOutput(), relay);
    }
  }

  /** A frame goes. */
  void toRunner(ExecRequest request) {
    if (request.hasStdin()) {
      stdin = Math.max(stdin, request.getStdin().getOffset() + request.getStdin().getData().size());
      listener.stdin(request.getStdin().getData().size());
    }
  }

  void ended(Ended end) {
    ended = true;
    began(Beginning.UNCONFIRMED);
    if (started) {
      listener.took(sinceArrival());
    }
    listener.ended(opening, end);
  }

  Attached attached() {
    return new Attached(
        opening,
        since,
        ended,
        stdin,
        outputs[Streams.index(Stream.STREAM_STDOUT)],
        outputs[Streams.index(Stream.STREAM_STDERR)]);
  }

  /** Nothing more comes of what was sent. */
  void over() {
    began(Beginning.UNCONFIRMED);
  }

  private void began(Beginning how) {
    if (!began) {
      began = true;
      started = how == Beginning.STARTED;
      listener.began(opening, how);
      if (started) {
        listener.started(sinceArrival());
      }
    }
  }

  private void output(Output output, Relay relay) {
    if (started && !firstByte) {
      firstByte = true;
      listener.firstByte(sinceArrival());
    }
    outputs[Streams.index(output.getStream())] = output.getOffset() + output.getData().size();
    listener.output(output.getStream(), output.getData().size());
    Relay.Hold hold = relay.hold(output.getStream());
    if (hold != Relay.Hold.NONE) {
      listener.stalled(output.getStream(), hold);
    }
  }

  private Duration sinceArrival() {
    return Duration.ofNanos(System.nanoTime() - arrived);
  }
}
