package dev.gra.grad.local;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.gra.grad.runner.DatasetFields;
import dev.gra.grad.runner.IdleTimeout;
import dev.gra.grad.runner.Labels;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Preset;
import dev.gra.grad.runner.Runner;
import dev.gra.grad.runner.RunnerName;
import dev.gra.grad.runner.RunnerSpec;
import dev.gra.grad.runner.RunnerState;
import dev.gra.grad.runner.RunnerUid;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** {@code runner.json}: what a runner is, for as long as its directory is there. */
record RunnerRecord(
    Owner owner,
    RunnerName name,
    RunnerUid uid,
    Labels labels,
    RunnerSpec spec,
    Instant created,
    String isolation) {

  Runner runner(RunnerState state, String message) {
    return new Runner(owner, name, uid, labels, spec, state, message, created);
  }

  RunnerRecord isolatedBy(String label) {
    return new RunnerRecord(owner, name, uid, labels, spec, created, label);
  }

  byte[] json() throws IOException {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("owner", owner.subject());
    fields.put("name", name.value());
    fields.put("uid", uid.value());
    fields.put("labels", labels.values());
    fields.put("preset", spec.preset().label());
    fields.put("image", spec.image());
    fields.put("cpuMillis", spec.cpuMillis());
    fields.put("memoryBytes", spec.memoryBytes());
    fields.put("idleTimeout", spec.idleTimeout().after().map(Duration::toString).orElse("never"));
    fields.put("datasets", DatasetFields.of(spec.datasets()));
    fields.put("created", created.toString());
    fields.put("isolation", isolation);
    return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asBytes(fields);
  }

  /** Throws IOException or a RuntimeException for what {@link #json} didn't write. */
  static RunnerRecord parse(byte[] json) throws IOException {
    var fields = JSON.std.mapFrom(json);
    return new RunnerRecord(
        new Owner(text(fields, "owner")),
        new RunnerName(text(fields, "name")),
        new RunnerUid(text(fields, "uid")),
        labels(fields),
        new RunnerSpec(
            Preset.named(text(fields, "preset")),
            text(fields, "image"),
            number(fields, "cpuMillis").intValue(),
            number(fields, "memoryBytes").longValue(),
            idleTimeout(text(fields, "idleTimeout")),
            DatasetFields.parse(fields.get("datasets"))),
        Instant.parse(text(fields, "created")),
        text(fields, "isolation"));
  }

  private static Labels labels(Map<String, Object> fields) throws IOException {
    if (!(fields.get("labels") instanceof Map<?, ?> map)) {
      throw new IOException("no labels");
    }
    var labels = new LinkedHashMap<String, String>();
    map.forEach((key, value) -> labels.put((String) key, (String) value));
    return new Labels(labels);
  }

  private static IdleTimeout idleTimeout(String text) {
    return new IdleTimeout(
        text.equals("never") ? Optional.empty() : Optional.of(Duration.parse(text)));
  }

  private static String text(Map<String, Object> fields, String key) throws IOException {
    if (fields.get(key) instanceof String text) {
      return text;
    }
    throw new IOException("no text " + key);
  }

  private static Number number(Map<String, Object> fields, String key) throws IOException {
    if (fields.get(key) instanceof Number number) {
      return number;
    }
    throw new IOException("no number " + key);
  }
}
