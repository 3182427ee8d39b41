package dev.gra.grad.kubernetes;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.gra.grad.runner.DatasetFields;
import dev.gra.grad.runner.IdleTimeout;
import dev.gra.grad.runner.Labels;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Preset;
import dev.gra.grad.runner.RunnerName;
import dev.gra.grad.runner.RunnerSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a Pod's annotations say of its runner. */
record RunnerAnnotations(Owner owner, RunnerName name, Labels labels, RunnerSpec spec) {
  private static final String OWNER = "gra.dev/owner";
  private static final String NAME = "gra.dev/runner";
  private static final String LABELS = "gra.dev/labels";
  private static final String SPEC = "gra.dev/spec";

  Map<String, String> toMap() {
    var annotations = new LinkedHashMap<String, String>();
    annotations.put(OWNER, owner.subject());
    annotations.put(NAME, name.value());
    try {
      annotations.put(LABELS, JSON.std.asString(labels.values()));
      annotations.put(SPEC, JSON.std.asString(fields(spec)));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return annotations;
  }

  private static Map<String, Object> fields(RunnerSpec spec) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("preset", spec.preset().label());
    fields.put("image", spec.image());
    fields.put("cpuMillis", spec.cpuMillis());
    fields.put("memoryBytes", spec.memoryBytes());
    spec.idleTimeout().after().ifPresent(after -> fields.put("idleSeconds", after.toSeconds()));
    if (!spec.datasets().isEmpty()) {
      fields.put("datasets", DatasetFields.of(spec.datasets()));
    }
    return fields;
  }

  /** Empty if somebody else made the pod, or a gra that this one doesn't understand. */
  static Optional<RunnerAnnotations> parse(Map<String, String> annotations) {
    if (annotations == null || !annotations.containsKey(SPEC)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new RunnerAnnotations(
              new Owner(annotations.get(OWNER)),
              new RunnerName(annotations.get(NAME)),
              labels(JSON.std.mapFrom(annotations.get(LABELS))),
              spec(JSON.std.mapFrom(annotations.get(SPEC)))));
    } catch (IOException | RuntimeException _) {
      return Optional.empty();
    }
  }

  private static Labels labels(Map<String, Object> values) {
    var labels = new TreeMap<String, String>();
    values.forEach((key, value) -> labels.put(key, value.toString()));
    return new Labels(labels);
  }

  private static RunnerSpec spec(Map<String, Object> fields) {
    return new RunnerSpec(
        Preset.named(fields.get("preset").toString()),
        fields.get("image").toString(),
        ((Number) fields.get("cpuMillis")).intValue(),
        ((Number) fields.get("memoryBytes")).longValue(),
        fields.get("idleSeconds") instanceof Number seconds
            ? IdleTimeout.after(Duration.ofSeconds(seconds.longValue()))
            : IdleTimeout.NEVER,
        DatasetFields.parse(fields.get("datasets")));
  }
}
