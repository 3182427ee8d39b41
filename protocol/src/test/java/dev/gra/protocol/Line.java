package dev.gra.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.gra.v1.Detached;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.ExecResponse;
import dev.gra.v1.Stream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * One connection of a client through one grad to the runner: five queues, and a relay in the
 * middle. Each method moves at most one frame and answers whether it did.
 */
final class Line {
  private static final int MOST_IN_FLIGHT = 8;

  final SimClient client;
  final long key;
  final int grad;
  private final Deque<ExecRequest> toGrad = new ArrayDeque<>();
  private final Deque<ExecRequest> toRunner = new ArrayDeque<>();
  private final Deque<ExecResponse> fromRunner = new ArrayDeque<>();
  private final Deque<ExecResponse> held = new ArrayDeque<>();
  private final Deque<ExecResponse> toClient = new ArrayDeque<>();
  private final List<ExecRequest> said = new ArrayList<>();
  private final List<ExecResponse> heard = new ArrayList<>();
  private Relay relay;
  private long widest;
  private boolean draining;
  private boolean ended;
  private boolean detached;
  private boolean cut;

  Line(SimClient client, long key, int grad) {
    this.client = client;
    this.key = key;
    this.grad = grad;
    client.exec.connected();
  }

  boolean clientSends() {
    Optional<ExecRequest> frame = client.exec.next();
    frame.ifPresent(
        request -> {
          toGrad.add(request);
          said.add(request);
        });
    return frame.isPresent();
  }

  /** Says again what was said before, where the protocol takes it. */
  void clientRepeats(Choices choices) {
    if (!said.isEmpty()) {
      ExecRequest request = said.get(choices.below(said.size()));
      switch (request.getFrameCase()) {
        case STDIN, STDIN_END, CREDIT, CLOSE_OUTPUT, CANCEL -> toGrad.add(request);
        default -> toGrad.add(Frames.ping());
      }
    }
  }

  boolean gradReceives(long window) {
    ExecRequest request = toGrad.poll();
    if (request == null) {
      return false;
    }
    widest = Math.max(widest, window);
    switch (request.getFrameCase()) {
      case START -> {
        relay = new Relay(request.getStart().getCursors());
        toRunner.add(request);
      }
      case ATTACH -> {
        relay = new Relay(request.getAttach().getCursors());
        toRunner.add(request);
      }
      default -> relay.fromClient(request, window).ifPresent(toRunner::add);
    }
    return true;
  }

  /** The runner's side of the link gives the next frame of this channel. */
  Optional<ExecRequest> runnerReceives() {
    return Optional.ofNullable(toRunner.poll());
  }

  boolean runnerSends(SimHost host) {
    if (fromRunner.size() >= MOST_IN_FLIGHT) {
      return false;
    }
    Optional<RunnerExec.Outgoing> next = host.exec.next(key);
    next.ifPresent(
        outgoing -> {
          ExecResponse response =
              switch (outgoing) {
                case RunnerExec.Frame frame -> frame.response();
                case RunnerExec.Data data -> host.output(data);
              };
          if (!cut) {
            fromRunner.add(response);
          }
        });
    return next.isPresent();
  }

  boolean relayReceives() {
    ExecResponse response = fromRunner.poll();
    if (response == null) {
      return false;
    }
    relay.fromRunner(response);
    if (!draining) {
      held.add(response);
    }
    for (Stream stream : Streams.ALL) {
      assertThat(heldBytes(stream)).as("held by the relay").isLessThanOrEqualTo(widest);
    }
    return true;
  }

  boolean relayForwards(long window) {
    ExecResponse response = held.poll();
    if (response == null) {
      return false;
    }
    widest = Math.max(widest, window);
    toClient.add(response);
    switch (response.getFrameCase()) {
      case OUTPUT -> {
        var frame = response.getOutput();
        long end = frame.getOffset() + frame.getData().size();
        relay.forwarded(frame.getStream(), end, window).ifPresent(toRunner::add);
      }
      case GAP -> {
        var frame = response.getGap();
        relay.forwarded(frame.getStream(), frame.getTo(), window).ifPresent(toRunner::add);
      }
      default -> {}
    }
    return true;
  }

  boolean clientReceives(SimHost host) {
    ExecResponse response = toClient.poll();
    if (response == null) {
      return false;
    }
    if (client.failed()) {
      return true;
    }
    assertThat(ended).as("%s after the last frame", response.getFrameCase()).isFalse();
    detached = response.hasDetached();
    ended = response.hasEnded() || detached;
    heard.add(response);
    try {
      client.receive(response, host);
    } catch (ProtocolException e) {
      // Two sources fed one stdin in turn, and this one came back: it can't go on.
      assertThat(e).hasMessageContaining("stdin accepted");
      client.fail();
    }
    return true;
  }

  /** Output, Gap and OutputEnd that the client heard already come again. */
  void clientHearsAgain(Choices choices, SimHost host) {
    if (!heard.isEmpty() && !ended && !client.failed()) {
      ExecResponse response = heard.get(choices.below(heard.size()));
      if (response.hasOutput() || response.hasGap() || response.hasOutputEnd()) {
        client.receive(response, host);
      }
    }
  }

  /** One byte changes on its way from the runner. */
  void corrupt(Choices choices) {
    ExecResponse response = fromRunner.peekLast();
    if (response != null && response.hasOutput()) {
      byte[] bytes = response.getOutput().getData().toByteArray();
      bytes[choices.below(bytes.length)] ^= 1;
      fromRunner.removeLast();
      ExecResponse.Builder changed = response.toBuilder();
      changed.getOutputBuilder().setData(ByteString.copyFrom(bytes));
      fromRunner.add(changed.build());
    }
  }

  /** grad is asked to go: it tells the client, and forwards nothing more. */
  void drain() {
    boolean lastUnderWay =
        toClient.stream().anyMatch(response -> response.hasEnded() || response.hasDetached());
    if (!draining && !ended && !lastUnderWay) {
      draining = true;
      held.clear();
      toClient.add(Frames.detached(Detached.Reason.REASON_DRAINING));
    }
  }

  /** The client and grad have lost each other; what grad passed on may still reach the runner. */
  void cut(boolean linkToo) {
    cut = true;
    toGrad.clear();
    held.clear();
    toClient.clear();
    fromRunner.clear();
    if (linkToo) {
      toRunner.clear();
    }
  }

  /** Nothing of what the client said is under way. */
  boolean saidAll() {
    return toGrad.isEmpty() && toRunner.isEmpty();
  }

  /** The client was told that this attachment is over. */
  boolean detached() {
    return detached;
  }

  @Override
  public String toString() {
    return client
        + " on "
        + key
        + " "
        + said.size()
        + " said, "
        + heard.size()
        + " heard, last "
        + (heard.isEmpty() ? "nothing" : heard.getLast().getFrameCase());
  }

  private long heldBytes(Stream stream) {
    return held.stream()
        .filter(response -> response.hasOutput() && response.getOutput().getStream() == stream)
        .mapToLong(response -> response.getOutput().getData().size())
        .sum();
  }
}
