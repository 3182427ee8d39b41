package dev.gra.grad.telemetry;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** Counters and gauges, in Prometheus' text form. */
public final class Metrics {
  /** The media type of {@link #text}. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private record Gauge(String help, LongSupplier value) {}

  private final Map<String, LongAdder> ended = new ConcurrentSkipListMap<>();
  private final Map<String, LongAdder> rpcs = new ConcurrentSkipListMap<>();
  private final Map<String, Gauge> gauges = new ConcurrentSkipListMap<>();

  /** An exec's ending passed, by its name. */
  public void execEnded(String ending) {
    increment(ended, "{ending=\"" + ending + "\"}");
  }

  /** A call ended with this status code's name. */
  public void rpcEnded(String method, String code) {
    increment(rpcs, "{method=\"" + method + "\",code=\"" + code + "\"}");
  }

  /** A value that is asked for whenever it is told. */
  public void gauge(String name, String help, LongSupplier value) {
    gauges.put(name, new Gauge(help, value));
  }

  /** All of it. */
  public String text() {
    StringBuilder out = new StringBuilder();
    counter(out, "gra_exec_endings_total", "Endings told to clients, by kind", ended);
    counter(out, "gra_rpcs_total", "Calls ended, by method and gRPC status code", rpcs);
    Map<String, Gauge> all = new TreeMap<>(gauges);
    all.putAll(jvm());
    all.forEach(
        (name, gauge) -> {
          header(out, name, gauge.help(), "gauge");
          out.append(name).append(' ').append(gauge.value().getAsLong()).append('\n');
        });
    return out.toString();
  }

  private static Map<String, Gauge> jvm() {
    var memory = ManagementFactory.getMemoryMXBean();
    return Map.of(
        "jvm_heap_used_bytes",
        new Gauge("Heap in use", () -> memory.getHeapMemoryUsage().getUsed()),
        "jvm_heap_max_bytes",
        new Gauge("Heap at most", () -> memory.getHeapMemoryUsage().getMax()),
        "jvm_nonheap_used_bytes",
        new Gauge(
            "Memory of the JVM besides the heap", () -> memory.getNonHeapMemoryUsage().getUsed()),
        "jvm_threads",
        new Gauge("Platform threads", () -> ManagementFactory.getThreadMXBean().getThreadCount()),
        "process_start_time_seconds",
        new Gauge(
            "When the process began",
            () -> ManagementFactory.getRuntimeMXBean().getStartTime() / 1000));
  }

  private static void increment(Map<String, LongAdder> counters, String labels) {
    counters.computeIfAbsent(labels, _ -> new LongAdder()).increment();
  }

  private static void counter(
      StringBuilder out, String name, String help, Map<String, LongAdder> counters) {
    header(out, name, help, "counter");
    counters.forEach(
        (labels, value) ->
            out.append(name).append(labels).append(' ').append(value.sum()).append('\n'));
  }

  private static void header(StringBuilder out, String name, String help, String type) {
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }
}
