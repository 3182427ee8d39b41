package dev.gra.grad.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** How log lines look: one line each, for a person or for a machine. */
public enum LogFormat {
  /** {@code 12:34:56.789 INFO exec ended exec=1 runner=a}. */
  TEXT {
    @Override
    String line(LogRecord record, Map<String, String> fields) {
      StringBuilder out = new StringBuilder();
      out.append(CLOCK.format(record.getInstant().atZone(ZoneId.systemDefault())));
      out.append(' ').append(level(record)).append(' ').append(oneLine(record.getMessage()));
      fields.forEach(
          (name, value) -> out.append(' ').append(name).append('=').append(quoted(value)));
      if (record.getThrown() != null) {
        out.append(System.lineSeparator()).append(trace(record.getThrown()).stripTrailing());
      }
      return out.append(System.lineSeparator()).toString();
    }
  },

  /** One JSON object. */
  JSON {
    @Override
    String line(LogRecord record, Map<String, String> fields) {
      StringBuilder out = new StringBuilder();
      String time =
          record.getInstant().truncatedTo(ChronoUnit.MILLIS).atOffset(ZoneOffset.UTC).toString();
      member(out.append('{'), "time", time);
      member(out.append(','), "level", level(record));
      member(out.append(','), "logger", record.getLoggerName());
      member(out.append(','), "message", record.getMessage());
      fields.forEach((name, value) -> member(out.append(','), name, value));
      if (record.getThrown() != null) {
        member(out.append(','), "exception", trace(record.getThrown()));
      }
      return out.append("}\n").toString();
    }
  };

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

  /** Makes the whole program log so, to standard error. */
  public void install(Level level) {
    Logger root = Logger.getLogger("");
    for (Handler other : root.getHandlers()) {
      root.removeHandler(other);
    }
    Handler handler = new ConsoleHandler();
    handler.setFormatter(formatter());
    handler.setLevel(Level.ALL);
    root.addHandler(handler);
    root.setLevel(Level.WARNING);
    OURS.setLevel(level);
    HTTP2.setLevel(level.intValue() <= Level.FINE.intValue() ? level : Level.WARNING);
  }

  /** Formats a record. */
  public Formatter formatter() {
    LogFormat format = this;
    return new Formatter() {
      @Override
      public String format(LogRecord record) {
        Object[] parameters = record.getParameters();
        boolean ours =
            parameters != null && parameters.length == 1 && parameters[0] instanceof Log.Fields;
        if (!ours) {
          record.setMessage(formatMessage(record));
          return format.line(record, Map.of());
        }
        return format.line(record, ((Log.Fields) parameters[0]).values());
      }
    };
  }

  abstract String line(LogRecord record, Map<String, String> fields);

  // Held here, or its level would be lost with it.
  private static final Logger OURS = Logger.getLogger("dev.gra");

  /** It tells at debug level why it ended a connection. */
  private static final Logger HTTP2 =
      Logger.getLogger("io.helidon.webserver.http2.Http2Connection");

  private static String level(LogRecord record) {
    int level = record.getLevel().intValue();
    if (level >= Level.SEVERE.intValue()) {
      return "ERROR";
    }
    if (level >= Level.WARNING.intValue()) {
      return "WARN";
    }
    return level >= Level.INFO.intValue() ? "INFO" : "DEBUG";
  }

  private static void member(StringBuilder out, String name, String value) {
    out.append('"').append(escaped(name)).append("\":\"").append(escaped(value)).append('"');
  }

  private static String escaped(String text) {
    return new String(JsonStringEncoder.getInstance().quoteAsUTF8(String.valueOf(text)), UTF_8);
  }

  private static String oneLine(String text) {
    return String.valueOf(text).replaceAll("\\R", " ");
  }

  private static String quoted(String value) {
    boolean plain = value.chars().noneMatch(c -> c <= ' ' || c == '"' || c == '=');
    return plain ? value : '"' + escaped(value) + '"';
  }

  private static String trace(Throwable thrown) {
    StringWriter out = new StringWriter();
    thrown.printStackTrace(new PrintWriter(out));
    return out.toString();
  }
}
