package dev.gra.grad.telemetry;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The process and its JVM, by the names that Prometheus' own clients give them. A file or a bean
 * that isn't there is a sample that isn't told.
 */
final class ProcessMetrics {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final double NANOS = 1e9;
  private static final double MILLIS = 1e3;

  private ProcessMetrics() {}

  static void addTo(Metrics metrics) {
    memory(metrics);
    collections(metrics);
    process(metrics);
    metrics.gauge(
        "jvm_threads_current",
        "",
        "Platform threads",
        () -> ManagementFactory.getThreadMXBean().getThreadCount());
  }

  private static void memory(Metrics metrics) {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    metrics.gauges(
        "jvm_memory_used_bytes",
        "bytes",
        "Memory in use, by heap and the rest",
        () ->
            Map.of(
                area("heap"), memory.getHeapMemoryUsage().getUsed(),
                area("nonheap"), memory.getNonHeapMemoryUsage().getUsed()));
    metrics.gauges(
        "jvm_memory_max_bytes",
        "bytes",
        "How large the heap may grow",
        () -> Map.of(area("heap"), memory.getHeapMemoryUsage().getMax()));
    metrics.gauges(
        "jvm_memory_pool_collection_used_bytes",
        "bytes",
        "What was in use after the last collection, by pool of the heap",
        ProcessMetrics::afterCollection);
  }

  private static void collections(Metrics metrics) {
    metrics.pulled(
        "jvm_gc_collection_seconds",
        "seconds",
        "Garbage collections, and their time",
        "summary",
        () -> {
          Map<String, Number> samples = new TreeMap<>();
          for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
            String labels = Exposition.labels("gc", bean.getName());
            samples.put("_count" + labels, bean.getCollectionCount());
            samples.put("_sum" + labels, bean.getCollectionTime() / MILLIS);
          }
          return samples;
        });
  }

  private static void process(Metrics metrics) {
    UnixOperatingSystemMXBean system =
        ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class);
    metrics.pulled(
        "process_cpu_seconds",
        "seconds",
        "CPU time, user and system",
        "counter",
        () -> Map.of("_total", system.getProcessCpuTime() / NANOS));
    metrics.gauge(
        "process_open_fds", "", "Open file descriptors", system::getOpenFileDescriptorCount);
    metrics.gauge(
        "process_max_fds", "", "File descriptors at most", system::getMaxFileDescriptorCount);
    metrics.gauges(
        "process_resident_memory_bytes", "bytes", "Resident memory", ProcessMetrics::resident);
    // It knows of cgroups.
    metrics.gauge(
        "gra_memory_limit_bytes",
        "bytes",
        "Memory that this grad may have: its container's limit, else the machine's memory",
        system::getTotalMemorySize);
    metrics.gauges(
        "process_start_time_seconds",
        "seconds",
        "When the process began, since 1970",
        value(() -> ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS));
  }

  private static Map<String, Number> afterCollection() {
    Map<String, Number> samples = new TreeMap<>();
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      MemoryUsage usage = pool.getCollectionUsage();
      if (pool.getType() == MemoryType.HEAP && usage != null) {
        samples.put(Exposition.labels("pool", pool.getName()), usage.getUsed());
      }
    }
    return samples;
  }

  private static Map<String, Number> resident() {
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .<Map<String, Number>>map(bytes -> Map.of("", bytes))
          .orElse(Map.of());
    } catch (IOException e) {
      return Map.of();
    }
  }

  private static Supplier<Map<String, Number>> value(Supplier<Number> value) {
    return () -> Map.of("", value.get());
  }

  private static String area(String area) {
    return Exposition.labels("area", area);
  }
}
