package dev.gra.client;

import dev.gra.protocol.ClientExec;
import dev.gra.protocol.Limits;
import dev.gra.v1.Attach;
import dev.gra.v1.Start;
import dev.gra.v1.Stream;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One exec as this client has part in it, over as many connections as it takes. {@link #run} is
 * called once; the other methods come from any thread meanwhile.
 */
public final class RemoteExec {
  /** How long to try to tell a runner that its ending was received, if the connection broke. */
  private static final Duration ACKNOWLEDGE_WITHIN = Duration.ofSeconds(2);

  /** Connections in a row that end for no reason given, before that is an error. */
  private static final int FRUITLESS = 5;

  private final GraClient client;
  private final ExecOptions options;
  private final ExecSession session;
  private final AtomicBoolean ran = new AtomicBoolean();

  private RemoteExec(GraClient client, ExecOptions options, String execId, ClientExec machine) {
    this.client = client;
    this.options = options;
    this.session = new ExecSession(execId, machine, options);
  }

  static RemoteExec start(GraClient client, Start start, ExecOptions options) {
    return new RemoteExec(
        client, options, start.getExecId(), ClientExec.start(start, options.window()));
  }

  static RemoteExec attach(GraClient client, Attach attach, ExecOptions options) {
    boolean stdin = options.stdin().isPresent();
    return new RemoteExec(
        client, options, attach.getExecId(), ClientExec.attach(attach, stdin, options.window()));
  }

  /**
   * Takes part until the exec has ended and all output is written, or until detached.
   *
   * @throws GraException if the server refused, the bytes don't agree with the runner's totals, or
   *     the exec can't be reached any more (reason CONNECTION_LOST: it may still be running)
   */
  public ExecOutcome run() throws InterruptedException {
    if (!ran.compareAndSet(false, true)) {
      throw new IllegalStateException("run once");
    }
    try (session) {
      session.open();
      connectUntilOver();
      return session.outcome();
    }
  }

  private void connectUntilOver() throws InterruptedException {
    Backoff backoff = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5));
    long lastProgress = System.nanoTime();
    long firstStart = lastProgress;
    int fruitless = 0;
    boolean renewed = false;
    while (true) {
      GraException why = oneConnection();
      if (session.settled()) {
        return;
      }
      if (session.tookProgress()) {
        lastProgress = System.nanoTime();
        backoff.reset();
        fruitless = 0;
        renewed = false;
      }
      if (!renewed && why.code() == Status.Code.UNAUTHENTICATED) {
        why = renewToken(why);
        renewed = why == null;
        if (renewed) {
          continue;
        }
      }
      if (why.decidedByServer() || (isFruitless(why) && ++fruitless >= FRUITLESS)) {
        throw client.refused(why);
      }
      options.listener().cut(why);
      Duration pause = backoff.next();
      long since = session.everStarted() ? lastProgress : firstStart;
      if (System.nanoTime() + pause.toNanos() - since > patience().toNanos()) {
        if (session.hasEnding()) {
          return;
        }
        throw gaveUp(why);
      }
      if (!session.pause(pause)) {
        return;
      }
    }
  }

  private Duration patience() {
    if (session.hasEnding()) {
      return ACKNOWLEDGE_WITHIN;
    }
    boolean shorter = options.giveUpAfter().compareTo(Limits.START_RETRIES) < 0;
    return session.everStarted() || shorter ? options.giveUpAfter() : Limits.START_RETRIES;
  }

  /** One call from its opening to its end; answers why it ended before the exec did. */
  private GraException oneConnection() throws InterruptedException {
    try {
      ExecConnection connection =
          ExecConnection.open(client, session.host(), options.trace().orElse(null));
      GraException why = session.converse(connection);
      if (why != null) {
        client.discard(connection.channel(), why.reason().equals(ExecSession.SILENT));
      }
      return why;
    } catch (GraException e) {
      return passing(e);
    }
  }

  /** Null if there is another token now; else why there is none. */
  private GraException renewToken(GraException refused) {
    try {
      return client.renewedToken(refused) ? null : refused;
    } catch (GraException e) {
      return passing(e);
    }
  }

  // No grad to be found, or no token: that may pass while an exec is under way.
  private GraException passing(GraException failure) {
    if (!session.everConnected()) {
      throw failure;
    }
    return GraException.of(
        ExecSession.UNREACHABLE, failure.getMessage(), failure.hint().orElse(null), failure);
  }

  private static boolean isFruitless(GraException why) {
    return !why.reason().equals(ExecSession.UNREACHABLE)
        && !why.reason().equals(ExecSession.SILENT)
        && why.code() != Status.Code.UNAVAILABLE;
  }

  private GraException gaveUp(GraException why) {
    return GraException.of(
        "CONNECTION_LOST",
        "grad could not be reached any more ("
            + why.getMessage()
            + "); the command may still be running",
        "gractl execs attach " + session.execId(),
        why);
  }

  /** Sends a signal to the command, 1 to 64. */
  public void signal(int number) {
    session.act(machine -> machine.signal(number));
  }

  /**
   * Ends the command at once.
   *
   * @param by who or why, for its ending
   */
  public void cancel(String by) {
    session.act(machine -> machine.cancel(by));
  }

  /** Leaves the command running; {@link #run} returns {@link ExecOutcome.Left}. */
  public void detach() {
    session.detach();
  }

  /** Takes no more part, and says nothing of it to the server; {@link #run} returns. */
  public void leave() {
    session.leave();
  }

  /** Wants no more of a stream: the command's next write there fails. */
  public void closeOutput(Stream stream) {
    session.act(machine -> machine.closeOutput(stream));
  }
}
