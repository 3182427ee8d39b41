package dev.gra.client.cli;

import com.google.protobuf.Timestamp;
import dev.gra.v1.Exec;
import dev.gra.v1.Runner;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runners and execs for tables and JSON. */
public final class Views {
  /** A runner's members. */
  public static Map<String, Object> runner(Runner runner) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", runner.getName());
    json.put("uid", runner.getUid());
    json.put("state", state(runner));
    json.put("message", runner.getMessage());
    json.put("labels", new LinkedHashMap<>(runner.getLabelsMap()));
    json.put("preset", runner.getSpec().getPreset());
    json.put("image", runner.getSpec().getImage());
    json.put("idleTimeout", idle(runner));
    json.put("createTime", time(runner.getCreateTime()));
    return json;
  }

  private static String idle(Runner runner) {
    var idle = runner.getSpec().getIdleTimeout();
    return idle.getSeconds() == -1 ? "never" : Endings.seconds(idle);
  }

  /** An exec's members. */
  public static Map<String, Object> exec(Exec exec) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("execId", exec.getExecId());
    json.put("runner", exec.getRunner());
    json.put("runnerUid", exec.getRunnerUid());
    json.put("state", exec.getState().name().replaceFirst("^EXEC_STATE_", ""));
    json.put("command", exec.getCommand());
    json.put("createTime", time(exec.getCreateTime()));
    if (exec.hasEnded()) {
      json.put("ending", Endings.json(exec.getEnded().getEnding()));
      json.put("exitCode", ExitCodes.of(exec.getEnded().getEnding()));
    }
    json.put("stdoutBytes", exec.getEnd().getStdout());
    json.put("stderrBytes", exec.getEnd().getStderr());
    json.put("writerAttached", exec.getWriterAttached());
    return json;
  }

  /** One word. */
  public static String state(Runner runner) {
    return runner.getState().name().replaceFirst("^RUNNER_STATE_", "");
  }

  /** How it is, or how it ended. */
  public static String state(Exec exec) {
    return exec.hasEnded() ? Endings.describe(exec.getEnded().getEnding()) : "running";
  }

  /** How long ago, in one unit. */
  public static String age(Timestamp since) {
    Duration age = Duration.between(Instant.ofEpochSecond(since.getSeconds()), Instant.now());
    if (age.toHours() >= 48) {
      return age.toDays() + "d";
    }
    if (age.toMinutes() >= 120) {
      return age.toHours() + "h";
    }
    return age.toSeconds() >= 120 ? age.toMinutes() + "m" : Math.max(0, age.toSeconds()) + "s";
  }

  private static String time(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).toString();
  }

  private Views() {}
}
