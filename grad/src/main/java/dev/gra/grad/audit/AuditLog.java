package dev.gra.grad.audit;

import dev.gra.grad.exec.Beginning;
import dev.gra.grad.exec.Opening;
import dev.gra.grad.exec.Origin;
import dev.gra.v1.Ended;
import dev.gra.v1.Start;
import java.util.Optional;

/** Writes a line for each exec's start and end, and for each refused call. No method blocks. */
public final class AuditLog implements AutoCloseable {
  private final Optional<AuditWriter> writer;
  private final Argv argv;

  private AuditLog(Optional<AuditWriter> writer, Argv argv) {
    this.writer = writer;
    this.argv = argv;
  }

  public static AuditLog to(Sink sink, Argv argv) {
    return new AuditLog(Optional.of(new AuditWriter(sink)), argv);
  }

  /** One that has no lines. */
  public static AuditLog off() {
    return new AuditLog(Optional.empty(), Argv.NONE);
  }

  /** An exec was started or joined. */
  public void began(Opening opening, Beginning how) {
    if (writer.isEmpty()) {
      return;
    }
    boolean confirmed = how != Beginning.UNCONFIRMED;
    if (opening.frame().hasStart()) {
      Start start = opening.frame().getStart();
      add(
          line("exec.start", opening)
              .with("argv", argv.of(start))
              .with("script", start.hasScript())
              .with("confirmed", confirmed)
              .with("resumed", confirmed ? how == Beginning.RESUMED : null));
    } else {
      add(
          line("exec.attach", opening)
              .with("writer", opening.writer())
              .with("confirmed", confirmed));
    }
  }

  /** An exec has ended, as somebody heard who is attached. */
  public void ended(Opening opening, Ended ended) {
    if (writer.isPresent()) {
      add(EndedMembers.add(line("exec.end", opening), ended));
    }
  }

  /** A call was ended by an error. */
  public void refused(Refusal refusal) {
    if (writer.isPresent()) {
      add(
          new AuditLine("call.refused")
              .with("method", refusal.method())
              .with("code", refusal.code())
              .with("reason", refusal.reason())
              .with("owner", refusal.owner().map(Object::toString))
              .with("by", refusal.by().map(Object::toString))
              .with("client", refusal.client())
              .with("trace", refusal.trace()));
    }
  }

  /** Lines written so far. */
  public long written() {
    return writer.map(AuditWriter::written).orElse(0L);
  }

  /** Lines that could not be written. */
  public long lost() {
    return writer.map(AuditWriter::lost).orElse(0L);
  }

  /** Writes what waits. */
  @Override
  public void close() {
    writer.ifPresent(AuditWriter::close);
  }

  private static AuditLine line(String event, Opening opening) {
    Origin origin = opening.origin();
    return new AuditLine(event)
        .with("exec", opening.execId())
        .with("runner", opening.runner().value())
        .with("runnerUid", opening.uid().value())
        .with("owner", origin.owner().subject())
        .with("by", origin.by().subject())
        .with("client", origin.client())
        .with("trace", origin.trace());
  }

  private void add(AuditLine line) {
    writer.ifPresent(to -> to.add(line.bytes()));
  }
}
