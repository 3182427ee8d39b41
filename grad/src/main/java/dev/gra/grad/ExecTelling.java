package dev.gra.grad;

import dev.gra.grad.audit.AuditLog;
import dev.gra.grad.exec.Beginning;
import dev.gra.grad.exec.ExecListener;
import dev.gra.grad.exec.Opening;
import dev.gra.grad.status.RecentEndings;
import dev.gra.grad.telemetry.Endings;
import dev.gra.grad.telemetry.ExecMetrics;
import dev.gra.grad.telemetry.Log;
import dev.gra.grad.telemetry.Metrics;
import dev.gra.grad.telemetry.Recent;
import dev.gra.grad.telemetry.Tracing;
import dev.gra.protocol.Relay;
import dev.gra.v1.Ended;
import dev.gra.v1.Stream;
import java.time.Duration;
import java.util.Locale;

/** What execs do, told to the log, the metrics, the traces, the audit log and the status page. */
final class ExecTelling implements ExecListener {
  private static final Log LOG = Log.of(ExecTelling.class);
  private static final int REMEMBERED = 10_000;

  private final ExecMetrics metrics;
  private final Tracing tracing;
  private final AuditLog audit;
  private final RecentEndings endings;
  // Many may be attached to one exec, and come again after its end.
  private final Recent ended = new Recent(REMEMBERED);

  ExecTelling(Metrics metrics, Tracing tracing, AuditLog audit, RecentEndings endings) {
    this.metrics = new ExecMetrics(metrics);
    this.tracing = tracing;
    this.audit = audit;
    this.endings = endings;
    for (Beginning how : Beginning.values()) {
      this.metrics.declare(label(how));
    }
  }

  @Override
  public void began(Opening opening, Beginning how) {
    metrics.opened(label(how));
    audit.began(opening, how);
  }

  @Override
  public void ended(Opening opening, Ended end) {
    LOG.info(
        "exec ended",
        "exec",
        opening.execId(),
        "runner",
        opening.runner(),
        "ending",
        Endings.name(end.getEnding()),
        "trace",
        Tracing.traceId(end.getTraceContext()));
    if (ended.add(opening.uid().value() + "/" + opening.execId())) {
      metrics.ended(end.getEnding());
      audit.ended(opening, end);
      endings.add(opening, end);
    }
    if (opening.writer()) {
      tracing.process(opening.execId(), opening.runner().value(), opening.uid().value(), end);
    }
  }

  @Override
  public void started(Duration after) {
    metrics.started(after.toNanos());
  }

  @Override
  public void firstByte(Duration after) {
    metrics.firstByte(after.toNanos());
  }

  @Override
  public void took(Duration after) {
    metrics.took(after.toNanos());
  }

  @Override
  public void output(Stream stream, int bytes) {
    metrics.output(stream, bytes);
  }

  @Override
  public void stdin(int bytes) {
    metrics.stdin(bytes);
  }

  @Override
  public void stalled(Stream stream, Relay.Hold why) {
    metrics.stalled(stream, why == Relay.Hold.CLIENT);
  }

  private static String label(Beginning how) {
    return how.name().toLowerCase(Locale.ROOT);
  }
}
