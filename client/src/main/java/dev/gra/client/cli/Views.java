package dev.gra.client.cli;

import com.google.protobuf.Timestamp;
import dev.gra.v1.Ended;
import dev.gra.v1.Exec;
import dev.gra.v1.Runner;
import dev.gra.v1.StreamTotals;
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
    json.put("owner", runner.getOwner());
    json.put("state", state(runner));
    json.put("message", runner.getMessage());
    json.put("labels", new LinkedHashMap<>(runner.getLabelsMap()));
    json.put("preset", runner.getSpec().getPreset());
    json.put("image", runner.getSpec().getImage());
    json.put("idleTimeout", idle(runner));
    json.put("datasets", DatasetText.json(runner));
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
      json.putAll(ended(exec.getEnded()));
    }
    json.put("stdoutBytes", exec.getEnd().getStdout());
    json.put("stderrBytes", exec.getEnd().getStderr());
    json.put("writerAttached", exec.getWriterAttached());
    return json;
  }

  private static Map<String, Object> ended(Ended ended) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("stdout", totals(ended.getStdout(), ended.getPartial()));
    json.put("stderr", totals(ended.getStderr(), ended.getPartial()));
    json.put("stdin", totals(ended.getStdin(), ended.getPartial()));
    if (ended.hasStartTime()) {
      json.put("startTime", time(ended.getStartTime()));
    }
    json.put("durationMillis", Endings.millis(ended.getDuration()));
    json.put("cpuMillis", Endings.millis(ended.getCpu()));
    json.put("straysKilled", ended.getStraysKilled());
    json.put("partial", ended.getPartial());
    // 00-TRACEID-SPANID-FLAGS
    String[] parent = ended.getTraceContext().getTraceparent().split("-", -1);
    if (parent.length > 1) {
      json.put("traceId", parent[1]);
    }
    return json;
  }

  static Map<String, Object> totals(StreamTotals totals, boolean partial) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("bytes", totals.getBytes());
    if (!partial) {
      json.put("crc32c", String.format("%08x", totals.getCrc32C()));
    }
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
