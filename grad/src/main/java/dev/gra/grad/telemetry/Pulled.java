package dev.gra.grad.telemetry;

import java.util.Map;
import java.util.function.Supplier;

/**
 * Metrics that somebody else keeps, asked for whenever they are told.
 *
 * @param type OpenMetrics' name of the type
 * @param samples values by the rest of the sample's name and its labels, e.g. {@code _total{a="1"}}
 */
record Pulled(Description description, String type, Supplier<Map<String, Number>> samples)
    implements Family {
  @Override
  public String name() {
    return description.name();
  }

  @Override
  public void write(Exposition out) {
    out.family(description, type);
    samples.get().forEach((rest, value) -> out.sample(name() + rest, "", value));
  }
}
