package dev.gra.grad.kubernetes;

import dev.gra.grad.runner.RunnerFailure.Unsupported;
import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1ResourceRequirements;
import io.kubernetes.client.util.Yaml;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.yaml.snakeyaml.error.YAMLException;

/** The pod that runners are made of: pod.yaml, and a file of the operator's laid over it. */
final class PodTemplate {
  private final String yaml;

  private PodTemplate(String yaml) {
    this.yaml = yaml;
  }

  static PodTemplate load(Optional<Path> overlay) {
    try (InputStream in = PodTemplate.class.getResourceAsStream("pod.yaml")) {
      var base = parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      var whole = overlay.isPresent() ? merged(base, parse(Files.readString(overlay.get()))) : base;
      var template = new PodTemplate(new org.yaml.snakeyaml.Yaml().dump(whole));
      var _ = template.runner(template.pod());
      return template;
    } catch (IOException | YAMLException | IllegalStateException e) {
      throw new Unsupported(
              "the pod template can't be used: " + e.getMessage(),
              "a Pod in YAML with a container named runner, as --pod-template")
          .exception(e);
    }
  }

  private static Map<?, ?> parse(String text) {
    if (new org.yaml.snakeyaml.Yaml().load(text) instanceof Map<?, ?> map) {
      return map;
    }
    throw new IllegalStateException("it is not a YAML object");
  }

  /** Objects are merged, lists of named things by their names; anything else is replaced. */
  private static Map<?, ?> merged(Map<?, ?> under, Map<?, ?> over) {
    var result = new LinkedHashMap<Object, Object>(under);
    over.forEach((key, value) -> result.put(key, merged(result.get(key), value)));
    return result;
  }

  private static Object merged(Object under, Object over) {
    return switch (over) {
      case Map<?, ?> map when under instanceof Map<?, ?> below -> merged(below, map);
      case List<?> list when under instanceof List<?> below && named(list) && named(below) ->
          merged(below, list);
      case null, default -> over;
    };
  }

  private static List<Object> merged(List<?> under, List<?> over) {
    var byName = new LinkedHashMap<Object, Object>();
    under.forEach(each -> byName.put(name(each), each));
    over.forEach(each -> byName.put(name(each), merged(byName.get(name(each)), each)));
    return new ArrayList<>(byName.values());
  }

  private static boolean named(List<?> list) {
    return list.stream().allMatch(each -> name(each) != null);
  }

  private static Object name(Object value) {
    return value instanceof Map<?, ?> map ? map.get("name") : null;
  }

  /** A runner's pod, to be created. */
  V1Pod pod(String podName, RunnerAnnotations of) {
    var pod = pod();
    var meta = Objects.requireNonNullElseGet(pod.getMetadata(), V1ObjectMeta::new);
    meta.setName(podName);
    meta.setNamespace(null);
    var annotations = copy(meta.getAnnotations());
    annotations.putAll(of.toMap());
    meta.setAnnotations(annotations);
    var labels = copy(meta.getLabels());
    labels.put(PodNames.MANAGED_BY, PodNames.GRA);
    labels.put(PodNames.OWNER_HASH, PodNames.ownerHash(of.owner()));
    meta.setLabels(labels);
    pod.setMetadata(meta);
    var container = runner(pod);
    container.setImage(of.spec().image());
    limit(container, of);
    container.addArgsItem("--idle-timeout");
    container.addArgsItem(
        of.spec()
            .idleTimeout()
            .after()
            .map(Duration::toSeconds)
            .map(String::valueOf)
            .orElse("never"));
    DatasetPod.addTo(pod, container, of.spec().datasets());
    return pod;
  }

  /** Presets are limits; what a runner asks for is little, so that many fit a node. */
  private static void limit(V1Container container, RunnerAnnotations of) {
    var resources =
        Objects.requireNonNullElseGet(container.getResources(), V1ResourceRequirements::new);
    var limits = new TreeMap<String, Quantity>();
    if (resources.getLimits() != null) {
      limits.putAll(resources.getLimits());
    }
    limits.put("cpu", new Quantity(of.spec().cpuMillis() + "m"));
    limits.put("memory", new Quantity(String.valueOf(of.spec().memoryBytes())));
    resources.setLimits(limits);
    container.setResources(resources);
  }

  private static Map<String, String> copy(Map<String, String> map) {
    return map == null ? new TreeMap<>() : new TreeMap<>(map);
  }

  private V1Pod pod() {
    var pod = Yaml.loadAs(yaml, V1Pod.class);
    // The model makes an empty one of its own, which the API refuses.
    if (pod.getSpec() != null && pod.getSpec().getOverhead().isEmpty()) {
      pod.getSpec().setOverhead(null);
    }
    return pod;
  }

  private V1Container runner(V1Pod pod) {
    if (pod.getSpec() == null || pod.getSpec().getContainers() == null) {
      throw new IllegalStateException("it has no containers");
    }
    return pod.getSpec().getContainers().stream()
        .filter(each -> PodNames.CONTAINER.equals(each.getName()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("it has no container named runner"));
  }
}
