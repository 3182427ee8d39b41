package dev.gra.grad.telemetry;

import io.opentelemetry.sdk.trace.IdGenerator;
import java.util.function.Supplier;

/** Random ids, but for a span whose id was chosen before. */
final class ChosenIds implements IdGenerator {
  private final IdGenerator random = IdGenerator.random();
  private final ThreadLocal<String> chosen = new ThreadLocal<>();

  /** Whatever span {@code make} starts has this id. */
  <T> T with(String spanId, Supplier<T> make) {
    chosen.set(spanId);
    try {
      return make.get();
    } finally {
      chosen.remove();
    }
  }

  @Override
  public String generateSpanId() {
    String id = chosen.get();
    return id == null ? random.generateSpanId() : id;
  }

  @Override
  public String generateTraceId() {
    return random.generateTraceId();
  }
}
