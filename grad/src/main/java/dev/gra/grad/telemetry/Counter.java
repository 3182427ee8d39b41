package dev.gra.grad.telemetry;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts, one for each combination of its labels' values. There must be few of those, and none that
 * a caller makes up: each is kept for ever.
 */
final class Counter implements Family {
  private final Description description;
  private final String[] labels;
  private final Map<String, LongAdder> counts = new ConcurrentSkipListMap<>();

  Counter(Description description, String... labels) {
    this.description = description;
    this.labels = labels.clone();
  }

  /** The count of these values, told from now on also while it is 0. */
  LongAdder of(String... values) {
    if (values.length != labels.length) {
      throw new IllegalArgumentException(name() + " has " + labels.length + " labels");
    }
    String[] pairs = new String[2 * labels.length];
    for (int i = 0; i < labels.length; i++) {
      pairs[2 * i] = labels[i];
      pairs[2 * i + 1] = values[i];
    }
    return counts.computeIfAbsent(Exposition.labels(pairs), _ -> new LongAdder());
  }

  @Override
  public String name() {
    return description.name();
  }

  @Override
  public void write(Exposition out) {
    out.family(description, "counter");
    counts.forEach((text, count) -> out.sample(name() + "_total", text, count.sum()));
  }
}
