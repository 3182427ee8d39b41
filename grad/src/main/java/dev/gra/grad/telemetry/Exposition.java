package dev.gra.grad.telemetry;

/** OpenMetrics' text form, https://prometheus.io/docs/specs/om/open_metrics_spec/. */
final class Exposition {
  static final String CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final StringBuilder out = new StringBuilder(16 << 10);

  /** Begins a family: its samples follow. */
  void family(Description family, String type) {
    meta("TYPE", family.name(), type);
    if (!family.unit().isEmpty()) {
      meta("UNIT", family.name(), family.unit());
    }
    meta("HELP", family.name(), escaped(family.help()));
  }

  /**
   * @param labels as {@link #labels} makes them
   */
  void sample(String name, String labels, Number value) {
    out.append(name).append(labels).append(' ').append(value).append('\n');
  }

  /** The whole text. */
  String end() {
    return out.append("# EOF\n").toString();
  }

  /** Pairs of a name and a value, as {@code {a="1",b="2"}}; empty if there are none. */
  static String labels(String... pairs) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i + 1 < pairs.length; i += 2) {
      text.append(text.isEmpty() ? "{" : ",").append(pairs[i]);
      text.append("=\"").append(escaped(pairs[i + 1])).append('"');
    }
    return text.isEmpty() ? "" : text.append('}').toString();
  }

  private void meta(String what, String name, String value) {
    out.append("# ").append(what).append(' ').append(name).append(' ').append(value).append('\n');
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\"", "\\\"");
  }
}
