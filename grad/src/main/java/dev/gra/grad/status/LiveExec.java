package dev.gra.grad.status;

import dev.gra.grad.exec.Attached;
import dev.gra.grad.runner.Runner;
import dev.gra.v1.Exec;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An exec that runs.
 *
 * @param command as far as it may be shown; empty if it isn't known
 * @param client who is attached to it by this grad, if anybody is
 * @param stdin bytes, if this grad knows
 * @param trace of the call, or empty
 */
record LiveExec(
    Where where,
    String command,
    Optional<Client> client,
    Instant since,
    OptionalLong stdin,
    long stdout,
    long stderr,
    String trace) {

  /**
   * Who is attached.
   *
   * @param address from where, or empty
   * @param by for the owner, or an admin
   */
  record Client(String address, String by) {}

  LiveExec {
    Objects.requireNonNull(where);
    Objects.requireNonNull(command);
    Objects.requireNonNull(client);
    Objects.requireNonNull(since);
    Objects.requireNonNull(stdin);
    Objects.requireNonNull(trace);
  }

  /** As its runner tells, and who is attached here. */
  static LiveExec of(Runner runner, Exec exec, Optional<Attached> attached, Commands commands) {
    var since = exec.getCreateTime();
    return new LiveExec(
        new Where(runner.owner(), runner.name(), runner.uid(), exec.getExecId()),
        commands.of(exec),
        attached.map(LiveExec::client),
        Instant.ofEpochSecond(since.getSeconds(), since.getNanos()),
        attached.map(each -> OptionalLong.of(each.stdin())).orElseGet(OptionalLong::empty),
        exec.getEnd().getStdout(),
        exec.getEnd().getStderr(),
        attached.map(each -> each.opening().origin().trace()).orElse(""));
  }

  /** As far as this grad knows by itself. */
  static LiveExec of(Attached attached, Commands commands) {
    var opening = attached.opening();
    return new LiveExec(
        Where.of(opening),
        opening.frame().hasStart() ? commands.of(opening.frame().getStart()) : "",
        Optional.of(client(attached)),
        attached.since(),
        OptionalLong.of(attached.stdin()),
        attached.stdout(),
        attached.stderr(),
        opening.origin().trace());
  }

  private static Client client(Attached attached) {
    var origin = attached.opening().origin();
    return new Client(origin.client(), origin.by().subject());
  }
}
