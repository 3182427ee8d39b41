package dev.gra.grad.telemetry;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * All metrics, for Prometheus to fetch. docs/metrics.md lists them. Labels have few values: never
 * an owner, a runner or an exec.
 */
public final class Metrics {
  /** The media type of {@link #text}. */
  public static final String CONTENT_TYPE = Exposition.CONTENT_TYPE;

  private final Map<String, Family> families = new ConcurrentSkipListMap<>();
  private final Counter rpcs =
      counter("gra_rpcs", "", "Calls that ended, by gRPC status code", "method", "code");

  /**
   * @param version this program's
   */
  public Metrics(String version) {
    String labels = Exposition.labels("version", version);
    pulled("gra_build", "", "Which grad it is", "info", () -> Map.of("_info" + labels, 1));
    ProcessMetrics.addTo(this);
  }

  /** A call ended with this status code's name. */
  public void rpcEnded(String method, String code) {
    rpcs.of(method, code).increment();
  }

  /** A value that is asked for whenever it is told. */
  public void gauge(String name, String unit, String help, LongSupplier value) {
    gauges(name, unit, help, () -> Map.of("", value.getAsLong()));
  }

  /** A value for each of a label's values, asked for whenever they are told. */
  public void gauge(
      String name, String help, String label, Supplier<? extends Map<String, Long>> values) {
    gauges(
        name,
        "",
        help,
        () -> {
          Map<String, Number> samples = new ConcurrentSkipListMap<>();
          values.get().forEach((key, count) -> samples.put(Exposition.labels(label, key), count));
          return samples;
        });
  }

  /** A count that somebody else keeps. */
  public void count(String name, String help, LongSupplier count) {
    pulled(name, "", help, "counter", () -> Map.of("_total", count.getAsLong()));
  }

  /** All of it. */
  public String text() {
    Exposition out = new Exposition();
    families.values().forEach(family -> family.write(out));
    return out.end();
  }

  Counter counter(String name, String unit, String help, String... labels) {
    return add(new Counter(new Description(name, unit, help), labels));
  }

  Histogram histogram(String name, String help, List<Double> bounds, Optional<String> label) {
    return add(new Histogram(new Description(name, "seconds", help), bounds, label));
  }

  void gauges(String name, String unit, String help, Supplier<Map<String, Number>> samples) {
    pulled(name, unit, help, "gauge", samples);
  }

  void pulled(
      String name, String unit, String help, String type, Supplier<Map<String, Number>> samples) {
    add(new Pulled(new Description(name, unit, help), type, samples));
  }

  private <F extends Family> F add(F family) {
    if (families.putIfAbsent(family.name(), family) != null) {
      throw new IllegalArgumentException("two metrics are called " + family.name());
    }
    return family;
  }
}
