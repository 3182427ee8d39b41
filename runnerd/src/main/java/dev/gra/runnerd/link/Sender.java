package dev.gra.runnerd.link;

import dev.gra.link.v1.LinkResponse;
import dev.gra.protocol.RunnerExec;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Gap;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Decides what goes next over a link: control frames of all channels first, then output, one frame
 * a channel by turns, as long as the buffer has room. What is not in the buffer stays in the spool.
 */
final class Sender {
  private final SendBuffer buffer;
  private final Consumer<Channel> over;
  private final Deque<Channel> controls = new ArrayDeque<>();
  private final Deque<Channel> outputs = new ArrayDeque<>();

  /**
   * @param over told of a channel whose last frame was taken
   */
  Sender(SendBuffer buffer, Consumer<Channel> over) {
    this.buffer = buffer;
    this.over = over;
  }

  /** The channel may have something to send. */
  void wake(Channel channel) {
    if (!channel.controlDue) {
      channel.controlDue = true;
      controls.add(channel);
    }
    if (!channel.outputDue) {
      channel.outputDue = true;
      outputs.add(channel);
    }
  }

  /** Fills the buffer as far as there is something and room. */
  void fill() {
    takeControls();
    while (!outputs.isEmpty() && buffer.hasRoomForOutput()) {
      Channel channel = outputs.remove();
      channel.outputDue = false;
      if (!channel.isOver() && takeOne(channel)) {
        channel.outputDue = true;
        outputs.add(channel);
      }
    }
  }

  /** Whether something is left that found no room. */
  boolean hasMore() {
    return !outputs.isEmpty() || !controls.isEmpty();
  }

  private void takeControls() {
    while (!controls.isEmpty()) {
      Channel channel = controls.remove();
      channel.controlDue = false;
      boolean more = true;
      while (more && !channel.isOver()) {
        Optional<ExecResponse> frame = channel.exec().nextControl(channel.key());
        frame.ifPresent(response -> put(channel, response));
        more = frame.isPresent();
      }
    }
  }

  private boolean takeOne(Channel channel) {
    Optional<RunnerExec.Outgoing> next = channel.exec().next(channel.key());
    if (next.isEmpty()) {
      return false;
    }
    switch (next.get()) {
      case RunnerExec.Frame(ExecResponse response) -> put(channel, response);
      case RunnerExec.Data data -> {
        if (!buffer.putOutput(channel.number(), channel.exec(), data)) {
          put(channel, missing(data));
        }
      }
    }
    return !channel.isOver();
  }

  private void put(Channel channel, ExecResponse response) {
    buffer.put(LinkResponse.newBuilder().setChannel(channel.number()).setExec(response).build());
    if (response.hasEnded() || response.hasDetached()) {
      over.accept(channel);
    }
  }

  private static ExecResponse missing(RunnerExec.Data data) {
    return ExecResponse.newBuilder()
        .setGap(
            Gap.newBuilder()
                .setStream(data.stream())
                .setFrom(data.offset())
                .setTo(data.offset() + data.length()))
        .build();
  }
}
