package dev.gra.client;

import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * W3C trace context of one span.
 *
 * @param traceId 32 hex digits
 * @param spanId 16 hex digits
 * @param sampled whether it is recorded
 * @param tracestate what vendors carry along, or empty
 */
public record TraceParent(String traceId, String spanId, boolean sampled, String tracestate) {
  private static final Pattern HEADER =
      Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

  public TraceParent {
    Objects.requireNonNull(traceId);
    Objects.requireNonNull(spanId);
    Objects.requireNonNull(tracestate);
  }

  /** A trace of its own. */
  public static TraceParent random() {
    return new TraceParent(hex() + hex(), hex(), true, "");
  }

  /** Reads the headers' values; empty if they are none. */
  public static Optional<TraceParent> parse(String traceparent, String tracestate) {
    var matcher = HEADER.matcher(traceparent == null ? "" : traceparent.strip());
    if (!matcher.matches()
        || traceparent.startsWith("ff")
        || matcher.group(1).equals("0".repeat(32))
        || matcher.group(2).equals("0".repeat(16))) {
      return Optional.empty();
    }
    boolean sampled = (Integer.parseInt(matcher.group(3), 16) & 1) == 1;
    String state = tracestate == null ? "" : tracestate.strip();
    return Optional.of(new TraceParent(matcher.group(1), matcher.group(2), sampled, state));
  }

  /** A new span under this one. */
  public TraceParent child() {
    return new TraceParent(traceId, hex(), sampled, tracestate);
  }

  /** The traceparent header's value. */
  public String header() {
    return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
  }

  private static String hex() {
    long bits;
    do {
      bits = ThreadLocalRandom.current().nextLong();
    } while (bits == 0);
    return HexFormat.of().toHexDigits(bits);
  }
}
