package dev.gra.client.cli;

import dev.gra.client.RandomIds;
import dev.gra.v1.Start;
import java.util.List;
import java.util.Objects;

/**
 * A port of a runner, to which socat connects there.
 *
 * @param runner the runner's name
 * @param uid the runner's uid
 * @param port the port, of the runner's loopback
 */
public record ForwardTarget(String runner, String uid, int port) {
  /** After either side's end the other may take its time; socat's own half a second cuts it off. */
  private static final String YEAR = "31536000";

  public ForwardTarget {
    Objects.requireNonNull(runner);
    Objects.requireNonNull(uid);
  }

  /** Asks whether there is a socat. */
  Start probe() {
    return start("socat", "-V").build();
  }

  /**
   * One connection. It closes its stdout when the port's side has sent its last byte; left to
   * itself, socat would keep it open to its end. Its stderr tells, by -d -d, what went wrong.
   */
  Start connection() {
    String port = "TCP:127.0.0.1:" + this.port;
    return start("socat", "-d", "-d", "-b", "65536", "-t", YEAR, "STDIO,shut-close", port)
        .setStdin(true)
        .build();
  }

  private Start.Builder start(String... argv) {
    return Start.newBuilder()
        .setExecId("forward-" + RandomIds.next())
        .setRunner(runner)
        .setRunnerUid(uid)
        .addAllArgv(List.of(argv))
        .putEnv("LC_ALL", "C")
        .setLight(true);
  }

  @Override
  public String toString() {
    return "port " + port + " of runner " + runner;
  }
}
