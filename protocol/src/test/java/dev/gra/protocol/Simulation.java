package dev.gra.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gra.v1.Cursors;
import dev.gra.v1.ExecRequest;
import dev.gra.v1.Stream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Clients, two grads and a runner, connected by queues that may be cut anywhere. First everything
 * happens at random; then all are willing, and the run must come to its end.
 */
final class Simulation {
  /** What must come to pass in some of the runs. */
  static final List<String> HAPPENINGS =
      List.of(
          "cut",
          "late frame",
          "start repeated",
          "gap",
          "gap of a ring",
          "stdin to its end",
          "stdin closed",
          "output closed",
          "output ended",
          "cancelled",
          "VERIFIED",
          "UNVERIFIED",
          "MISMATCH",
          "REASON_SUPERSEDED",
          "REASON_REQUESTED",
          "REASON_DRAINING");

  private static final int MOST_CLIENTS = 6;
  private static final int MOST_ROUNDS = 5_000;

  private final Choices choices;
  private final Scenario scenario;
  private final List<SimClient> clients = new ArrayList<>();
  private final List<Line> lines = new ArrayList<>();
  // Lines that their client has left, as far as the runner doesn't know.
  private final List<Line> left = new ArrayList<>();
  private final Set<String> seen = new LinkedHashSet<>();
  private SimHost host;
  private long keys;

  Simulation(Choices choices) {
    this.choices = choices;
    this.scenario = Scenario.of(choices);
    connect(add(SimClient.starting(scenario)));
  }

  /** Runs to the end, and answers what kinds of things happened. */
  Set<String> run() {
    while (!choices.exhausted()) {
      step();
    }
    settle();
    return seen;
  }

  private void step() {
    if (scenario.corrupt() && choices.below(4) == 3) {
      lines.forEach(line -> line.corrupt(choices));
    }
    switch (choices.below(64)) {
      case 0, 1 -> cutSome();
      case 2 -> killGrad(choices.below(2));
      case 3 -> join();
      case 4 -> rare();
      case 5, 6 -> withLine(line -> line.clientRepeats(choices));
      case 7, 8 -> withLine(line -> line.clientHearsAgain(choices, host));
      case 9, 10 -> leaveSome();
      case 11, 12 -> clients.forEach(this::connect);
      case 13, 14, 15, 16, 17, 18, 19, 20 -> command();
      case 21, 22, 23, 24, 25, 26, 27 -> withClient(this::clientIo);
      default -> withLine(this::move);
    }
    reap();
  }

  private void move(Line line) {
    int times = choices.between(1, 6);
    int what = choices.below(8);
    for (int i = 0; i < times; i++) {
      switch (what) {
        case 0 -> line.clientSends();
        case 1 -> line.gradReceives(relayWindow());
        case 2 -> runnerReceives(line);
        case 3 -> runnerSends(line);
        case 4 -> line.relayReceives();
        case 5 -> line.relayForwards(relayWindow());
        case 6 -> line.clientReceives(host);
        default -> moveAll(line);
      }
    }
  }

  private boolean moveAll(Line line) {
    boolean moved = line.clientSends();
    moved |= line.gradReceives(scenario.relayWindowBytes());
    moved |= runnerReceives(line);
    moved |= runnerSends(line);
    moved |= line.relayReceives();
    moved |= line.relayForwards(scenario.relayWindowBytes());
    moved |= line.clientReceives(host);
    return moved;
  }

  private boolean runnerReceives(Line line) {
    ExecRequest request = line.runnerReceives().orElse(null);
    if (request == null) {
      return false;
    }
    switch (request.getFrameCase()) {
      case START -> {
        boolean resumed = host != null;
        if (resumed) {
          seen.add("start repeated");
        } else {
          host = new SimHost(scenario, seen);
        }
        host.exec.attach(
            line.key,
            resumed ? Joining.again(request.getStart()) : Joining.first(request.getStart()));
      }
      case ATTACH -> host.exec.attach(line.key, Joining.by(request.getAttach()));
      case CREDIT -> {
        host.received(line.client, request.getCredit().getStream());
        host.exec.receive(line.key, request);
      }
      default -> host.exec.receive(line.key, request);
    }
    return true;
  }

  private boolean runnerSends(Line line) {
    return host != null && line.runnerSends(host);
  }

  private void command() {
    if (host == null) {
      return;
    }
    switch (choices.below(6)) {
      case 0, 1 -> host.produce(Stream.STREAM_STDOUT, choices.below(80_000));
      case 2, 3 -> host.produce(Stream.STREAM_STDERR, choices.below(80_000));
      case 4 -> host.read(choices.below(200_000));
      default -> host.endIfDone();
    }
  }

  private void clientIo(SimClient client) {
    switch (choices.below(4)) {
      case 0 -> client.write(Stream.STREAM_STDOUT, choices.below(80_000));
      case 1 -> client.write(Stream.STREAM_STDERR, choices.below(80_000));
      default -> client.feed(choices.below(300_000));
    }
  }

  private void rare() {
    switch (choices.below(9)) {
      case 7, 8 -> {
        if (host != null) {
          host.endOutput(Streams.ALL.get(choices.below(Streams.ALL.size())));
        }
      }
      case 0 -> {
        if (host != null) {
          host.closeStdin();
        }
      }
      case 1, 2 ->
          withClient(client -> client.close(Streams.ALL.get(choices.below(Streams.ALL.size()))));
      case 3 -> withClient(client -> client.exec.detach());
      case 4 -> withWriter(client -> client.exec.cancel("somebody"));
      case 5 -> withWriter(client -> client.exec.signal(choices.between(1, 64)));
      default -> lines.stream().filter(line -> line.grad == 0).forEach(Line::drain);
    }
  }

  private void join() {
    if (host == null || clients.size() >= MOST_CLIENTS) {
      return;
    }
    Cursors cursors =
        choices.below(2) == 0
            ? Cursors.getDefaultInstance()
            : Frames.cursors(
                choices.below((int) host.end(Stream.STREAM_STDOUT) + 1),
                choices.below((int) host.end(Stream.STREAM_STDERR) + 1));
    boolean writer = choices.below(2) == 1;
    boolean stdin = scenario.stdin() && choices.below(4) != 3;
    connect(add(SimClient.joining(scenario, cursors, writer, stdin)));
  }

  private void cutSome() {
    withLine(line -> cut(line, choices.below(2) == 1));
  }

  private void killGrad(int grad) {
    for (Line line : List.copyOf(lines)) {
      if (line.grad == grad) {
        cut(line, true);
      }
    }
  }

  private void cut(Line line, boolean linkToo) {
    seen.add("cut");
    line.cut(linkToo);
    lines.remove(line);
    left.add(line);
  }

  /** The runner hears something, or at last of the end, of lines that their client has left. */
  private void leaveSome() {
    for (Line line : List.copyOf(left)) {
      switch (choices.below(4)) {
        case 0 -> {
          if (runnerReceives(line)) {
            seen.add("late frame");
          }
        }
        case 1 -> runnerSends(line);
        case 2 -> {}
        default -> close(line);
      }
    }
  }

  private void close(Line line) {
    left.remove(line);
    if (host != null) {
      host.exec.close(line.key);
    }
  }

  /** Clients that have nothing left to do hang up when all they said was heard. */
  private void reap() {
    for (Line line : List.copyOf(lines)) {
      if (line.detached() || (line.client.done() && line.saidAll())) {
        line.cut(false);
        lines.remove(line);
        left.add(line);
      }
    }
  }

  private void settle() {
    for (int round = 0; moveEverything(); round++) {
      assertThat(round).as("rounds").isLessThan(MOST_ROUNDS);
    }
    assertThat(host.ended()).as("the command ended").isTrue();
    assertThat(clients)
        .as("nobody waits for more: %s, %s", scenario, lines)
        .allMatch(SimClient::done);
    assertThat(host.exec.attachments()).isZero();
    assertThat(!scenario.stdin() || host.stdinAtEnd() || host.stdinClosed()).isTrue();
  }

  private boolean moveEverything() {
    boolean moved = !left.isEmpty();
    for (Line line : List.copyOf(left)) {
      while (runnerReceives(line)) {
        seen.add("late frame");
      }
      close(line);
    }
    for (SimClient client : List.copyOf(clients)) {
      moved |= connect(client);
      moved |= client.write(Stream.STREAM_STDOUT, Integer.MAX_VALUE) > 0;
      moved |= client.write(Stream.STREAM_STDERR, Integer.MAX_VALUE) > 0;
      moved |= client.feed(Integer.MAX_VALUE) > 0;
    }
    for (Line line : List.copyOf(lines)) {
      for (int i = 0; moveAll(line); i++) {
        assertThat(i).as("frames without a pause").isLessThan(MOST_ROUNDS);
        moved = true;
      }
    }
    if (host != null) {
      moved |= host.produce(Stream.STREAM_STDOUT, Integer.MAX_VALUE) > 0;
      moved |= host.produce(Stream.STREAM_STDERR, Integer.MAX_VALUE) > 0;
      moved |= host.read(Integer.MAX_VALUE) > 0;
      if (!moved) {
        lines.forEach(line -> line.client.knowsEndsOf(host));
        moved = host.endIfDone();
      }
    }
    int before = lines.size();
    reap();
    moved |= lines.size() != before;
    return moved || addWillingWriter();
  }

  /** Somebody must take the output and feed stdin, or the command rightly waits. */
  private boolean addWillingWriter() {
    boolean needed =
        host != null
            && !host.ended()
            && clients.stream()
                .noneMatch(c -> c.writer && !c.done() && (c.feedsStdin || !scenario.stdin()));
    if (needed) {
      connect(add(SimClient.joining(scenario, Cursors.getDefaultInstance(), true, true)));
    }
    return needed;
  }

  private SimClient add(SimClient client) {
    clients.add(client);
    return client;
  }

  private boolean connect(SimClient client) {
    if (client.done() || lines.stream().anyMatch(line -> line.client == client)) {
      return false;
    }
    lines.add(new Line(client, ++keys, choices.below(2)));
    return true;
  }

  private long relayWindow() {
    return choices.oneIn(4) ? choices.between(1, 70_000) : scenario.relayWindowBytes();
  }

  private void withLine(java.util.function.Consumer<Line> action) {
    if (!lines.isEmpty()) {
      action.accept(lines.get(choices.below(lines.size())));
    }
  }

  private void withClient(java.util.function.Consumer<SimClient> action) {
    action.accept(clients.get(choices.below(clients.size())));
  }

  private void withWriter(java.util.function.Consumer<SimClient> action) {
    withClient(
        client -> {
          if (client.writer) {
            action.accept(client);
          }
        });
  }
}
