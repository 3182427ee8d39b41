package dev.gra.grad.telemetry;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Log lines with fields, e.g. {@code log.info("exec ended", "exec", id, "runner", name)}. Fields
 * are pairs of a name and a value; a null or empty value leaves its field out.
 */
public final class Log {
  /** What a line's fields travel in, for {@link LogFormat}. */
  record Fields(Map<String, String> values) {}

  private final Logger logger;

  private Log(Class<?> owner) {
    this.logger = Logger.getLogger(owner.getName());
  }

  public static Log of(Class<?> owner) {
    return new Log(owner);
  }

  public void debug(String message, Object... fields) {
    log(Level.FINE, message, null, fields);
  }

  public void info(String message, Object... fields) {
    log(Level.INFO, message, null, fields);
  }

  public void warn(String message, Object... fields) {
    log(Level.WARNING, message, null, fields);
  }

  /** A failure that should not have been. */
  public void error(String message, Throwable cause, Object... fields) {
    log(Level.SEVERE, message, cause, fields);
  }

  private void log(Level level, String message, Throwable cause, Object... fields) {
    if (!logger.isLoggable(level)) {
      return;
    }
    LogRecord record = new LogRecord(level, message);
    record.setLoggerName(logger.getName());
    record.setThrown(cause);
    record.setParameters(new Object[] {new Fields(pairs(fields))});
    logger.log(record);
  }

  private static Map<String, String> pairs(Object... fields) {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i + 1 < fields.length; i += 2) {
      String value = String.valueOf(fields[i + 1]);
      if (fields[i + 1] != null && !value.isEmpty()) {
        values.put(String.valueOf(fields[i]), value);
      }
    }
    return values;
  }
}
