package dev.gra.grad;

import dev.gra.grad.audit.AuditLog;
import dev.gra.grad.exec.Execs;
import dev.gra.grad.exec.WindowBudget;
import dev.gra.grad.link.Links;
import dev.gra.grad.runner.Runner;
import dev.gra.grad.runner.RunnerException;
import dev.gra.grad.runner.RunnerRuntime;
import dev.gra.grad.runner.RunnerState;
import dev.gra.grad.telemetry.Metrics;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What is counted anyway, and looked at when metrics are asked for. */
final class Gauges {
  private Gauges() {}

  static void execs(Metrics metrics, Execs execs, WindowBudget budget) {
    metrics.gauge("gra_open_exec_streams", "", "Exec streams that are open", execs::attachments);
    metrics.gauge(
        "gra_stream_window_bytes", "bytes", "Memory granted to output streams", budget::held);
    metrics.gauge(
        "gra_stream_window_limit_bytes",
        "bytes",
        "How much of it there is to share",
        budget::total);
  }

  static void links(Metrics metrics, Links links) {
    metrics.gauge("gra_open_links", "", "Links to runners that are open", links::size);
    metrics.count("gra_link_opens", "Links opened", links::opened);
    metrics.count(
        "gra_link_reconnects", "Links opened after the one before had broken", links::reopened);
    metrics.count("gra_link_open_failures", "Links that could not be opened", links::failed);
  }

  static void audit(Metrics metrics, AuditLog audit) {
    metrics.count("gra_audit_lines", "Lines of the audit log, written", audit::written);
    metrics.count("gra_audit_lines_lost", "Lines that could not be written", audit::lost);
  }

  static void runners(Metrics metrics, RunnerRuntime runtime) {
    metrics.gauge(
        "gra_runners", "Runners of all owners, by state", "state", () -> byState(runtime));
  }

  /** Without a sample where there is no telling: 0 would say that there are none. */
  private static Map<String, Long> byState(RunnerRuntime runtime) {
    Map<String, Long> counts = new TreeMap<>();
    try {
      for (RunnerState state : RunnerState.values()) {
        counts.put(label(state), 0L);
      }
      for (Runner runner : runtime.listAll()) {
        counts.merge(label(runner.state()), 1L, Long::sum);
      }
      return counts;
    } catch (RunnerException e) {
      return Map.of();
    }
  }

  private static String label(RunnerState state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
