package dev.gra.grad.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** One line of the audit log: a JSON object. */
final class AuditLine {
  static final String LOGGER = "dev.gra.audit";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Map<String, Object> members = new LinkedHashMap<>();

  AuditLine(String event) {
    with("time", time(Instant.now())).with("logger", LOGGER).with("event", event);
  }

  static String time(Instant instant) {
    return TIME.format(instant);
  }

  /** One more member; what is empty, in whichever way, is left out. */
  AuditLine with(String name, Object value) {
    Object there = value instanceof Optional<?> optional ? optional.orElse(null) : value;
    boolean empty =
        there == null
            || (there instanceof String text && text.isEmpty())
            || (there instanceof Collection<?> list && list.isEmpty());
    if (!empty) {
      members.put(name, there);
    }
    return this;
  }

  byte[] bytes() {
    try {
      return (JSON.std.asString(members) + "\n").getBytes(UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("text, numbers and lists of them can be JSON", e);
    }
  }
}
