package dev.gra.grad.telemetry;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** How long things took, in seconds; by one label at most, whose values must be few. */
final class Histogram implements Family {
  private static final double NANOS = 1e9;

  private final Description description;
  private final List<Double> bounds;
  private final Optional<String> label;
  private final Map<String, Series> all = new ConcurrentSkipListMap<>();

  /**
   * @param bounds of the buckets, in seconds, ascending
   */
  Histogram(Description description, List<Double> bounds, Optional<String> label) {
    this.description = description;
    this.bounds = List.copyOf(bounds);
    this.label = label;
  }

  /** What took so long is one more of this value of the label; of "" if there is no label. */
  void observe(String value, long nanos) {
    of(value).observe(Math.max(0, nanos));
  }

  /** Told from now on, also without any observation. */
  Series of(String value) {
    return all.computeIfAbsent(value, _ -> new Series());
  }

  @Override
  public String name() {
    return description.name();
  }

  @Override
  public void write(Exposition out) {
    out.family(description, "histogram");
    all.forEach((value, series) -> series.write(out, value));
  }

  /** The observations of one value. */
  final class Series {
    private final LongAdder[] buckets = new LongAdder[bounds.size() + 1];
    private final LongAdder sum = new LongAdder();

    Series() {
      for (int i = 0; i < buckets.length; i++) {
        buckets[i] = new LongAdder();
      }
    }

    private void observe(long nanos) {
      int i = 0;
      while (i < bounds.size() && nanos > bounds.get(i) * NANOS) {
        i++;
      }
      buckets[i].increment();
      sum.add(nanos);
    }

    private void write(Exposition out, String value) {
      long count = 0;
      for (int i = 0; i < buckets.length; i++) {
        count += buckets[i].sum();
        String le = i < bounds.size() ? String.valueOf(bounds.get(i)) : "+Inf";
        String labels =
            label
                .map(name -> Exposition.labels(name, value, "le", le))
                .orElseGet(() -> Exposition.labels("le", le));
        out.sample(name() + "_bucket", labels, count);
      }
      String labels = label.map(name -> Exposition.labels(name, value)).orElse("");
      out.sample(name() + "_count", labels, count);
      out.sample(name() + "_sum", labels, sum.sum() / NANOS);
    }
  }
}
