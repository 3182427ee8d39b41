package dev.gra.grad.status;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where traces are seen.
 *
 * @param template an address with {@code {trace}} where the trace's id goes; empty for nowhere
 */
public record TraceUrl(String template) {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");
  private static final String PLACE = "{trace}";

  public TraceUrl {
    boolean web = template.startsWith("https://") || template.startsWith("http://");
    if (!template.isEmpty() && !(web && template.contains(PLACE))) {
      throw new IllegalArgumentException("no web address with " + PLACE + " in it: " + template);
    }
  }

  /** Where this one is seen, if it is one. */
  Optional<String> of(String trace) {
    return template.isEmpty() || !ID.matcher(trace).matches()
        ? Optional.empty()
        : Optional.of(template.replace(PLACE, trace));
  }
}
