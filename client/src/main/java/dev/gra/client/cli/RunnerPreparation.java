package dev.gra.client.cli;

import com.google.protobuf.Duration;
import dev.gra.client.GraException;
import dev.gra.client.Runners;
import dev.gra.client.config.Key;
import dev.gra.v1.EnsureRunnerRequest;
import dev.gra.v1.Runner;
import dev.gra.v1.RunnerSpec;
import java.util.Map;

/** Sees to it that there is a runner, and shows how that goes. */
public final class RunnerPreparation {
  private static final String WORKSPACE_IDLE = "60m";

  private final Session session;

  /** For one run. */
  public RunnerPreparation(Session session) {
    this.session = session;
  }

  /** The runner of the workspace, made if need be, or the one named, which must be there. */
  public Runners.Ensured forExec(String name) {
    return forExec(name, Map.of());
  }

  /** The same; labels are for a runner that has to be made. */
  public Runners.Ensured forExec(String name, Map<String, String> labels) {
    boolean workspaces = name.equals(session.runnerName());
    if (!workspaces) {
      return new Runners.Ensured(existing(name), false);
    }
    Runners.Ensured ensured =
        ensure(
            EnsureRunnerRequest.newBuilder()
                .setName(name)
                .putAllLabels(labels)
                .setSpec(defaults(name))
                .build());
    if (ensured.created()) {
      session.messages().say("runner " + name + " is new: its workspace is empty");
    }
    return ensured;
  }

  private Runner existing(String name) {
    try {
      return session.client().runners().get(name);
    } catch (GraException e) {
      if (!e.reason().equals("RUNNER_NOT_FOUND")) {
        throw e;
      }
      throw GraException.of(
          e.reason(), "there is no runner " + name, "gractl runners create " + name);
    }
  }

  /**
   * What a runner is made of unless told otherwise: the workspace's own as exec makes it, or exec
   * would not adopt what runners create made.
   */
  public RunnerSpec.Builder defaults(String name) {
    if (!name.equals(session.runnerName())) {
      return RunnerSpec.newBuilder();
    }
    var preset = session.settings().value(Key.PRESET);
    var idle = session.settings().value(Key.IDLE_TIMEOUT);
    var spec = idleSpec(idle.orElse(WORKSPACE_IDLE)).toBuilder().setPreset(preset.orElse(""));
    return spec.addAllDatasets(DatasetText.of(session.settings()));
  }

  private static RunnerSpec idleSpec(String text) {
    if (text.isEmpty()) {
      return RunnerSpec.getDefaultInstance();
    }
    Duration idle = Durations.parse(Key.IDLE_TIMEOUT.text(), text);
    return RunnerSpec.newBuilder().setIdleTimeout(idle).build();
  }

  /** Makes or adopts a runner, showing the stages. */
  public Runners.Ensured ensure(EnsureRunnerRequest request) {
    try (var progress = new CreationProgress(session.messages(), request.getName())) {
      return session.client().runners().ensure(request, progress::reached);
    }
  }

  /** Labels as {@code key=value}. */
  public static Map<String, String> labels(Iterable<String> given) {
    Map<String, String> labels = new java.util.LinkedHashMap<>();
    for (String label : given) {
      int equals = label.indexOf('=');
      if (equals < 1) {
        throw Usage.error("--label " + label + ": not a label", "--label KEY=VALUE");
      }
      labels.put(label.substring(0, equals), label.substring(equals + 1));
    }
    return labels;
  }
}
