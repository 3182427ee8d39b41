package dev.gra.client.cli;

import dev.gra.client.config.Key;

/** What {@code exec --trace} says. */
public final class TraceLine {
  private static final String PLACE = "{trace}";

  /** The id of this run's trace, and where it is seen, if that is set. */
  public static String of(Session session) {
    String id = session.telemetry().span().traceId();
    return session
        .settings()
        .value(Key.TRACE_URL)
        .map(url -> "trace " + id + ": " + url.replace(PLACE, id))
        .orElse("trace " + id);
  }

  private TraceLine() {}
}
