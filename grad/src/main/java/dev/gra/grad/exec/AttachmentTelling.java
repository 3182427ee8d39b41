package dev.gra.grad.exec;

import dev.gra.protocol.Relay;
import dev.gra.v1.Ended;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Output;
import java.time.Duration;

/** What an attachment's listener is told. Guarded by its attachment. */
final class AttachmentTelling {
  private final Opening opening;
  private final ExecListener listener;
  private final long arrived = System.nanoTime();
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
      listener.stdin(request.getStdin().getData().size());
    }
  }

  void ended(Ended ended) {
    began(Beginning.UNCONFIRMED);
    if (started) {
      listener.took(sinceArrival());
    }
    listener.ended(opening, ended);
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
