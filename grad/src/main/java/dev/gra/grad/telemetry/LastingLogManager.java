package dev.gra.grad.telemetry;

import java.util.logging.LogManager;

/**
 * The JDK's own takes all handlers away in a shutdown hook, so that nothing could be told of the
 * shutdown.
 */
public final class LastingLogManager extends LogManager {
  @Override
  public void reset() {}
}
