package dev.gra.client.cli;

import com.google.protobuf.Timestamp;
import dev.gra.client.ExecOutcome;
import dev.gra.client.GraException;
import dev.gra.protocol.Verification;
import dev.gra.v1.Ended;
import dev.gra.v1.Stream;
import dev.gra.v1.StreamTotals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What became of an exec as the JSON object that docs/json.md describes. */
final class ExecReport {
  private final Map<String, Object> json = Json.object("Exec");
  private final CapturedOutput output;

  ExecReport(ExecIdentity exec, boolean runnerCreated, String traceId, CapturedOutput output) {
    this.output = output;
    json.put("execId", exec.execId());
    json.put("runner", exec.runner());
    json.put("runnerUid", exec.runnerUid());
    json.put("runnerCreated", runnerCreated);
    json.put("traceId", traceId);
  }

  Map<String, Object> finished(
      ExecIdentity exec, ExecOutcome.Finished outcome, long elapsedMillis) {
    Ended ended = outcome.ended();
    json.put("state", "ENDED");
    json.put("ending", Endings.json(ended.getEnding()));
    json.put("exitCode", ExitCodes.of(ended.getEnding()));
    if (ExitCodes.of(ended.getEnding()) == ExitCodes.FAILED
        && ended.getEnding().getKindCase() != dev.gra.v1.Ending.KindCase.EXITED) {
      String line = "the command " + Endings.describe(ended.getEnding());
      json.put(
          "error",
          Json.error(
              Endings.kind(ended.getEnding()).toUpperCase(java.util.Locale.ROOT), line, null));
    }
    json.put("verification", outcome.verification().name().toLowerCase(java.util.Locale.ROOT));
    json.put("stdout", stream(Stream.STREAM_STDOUT, ended.getStdout(), outcome));
    json.put("stderr", stream(Stream.STREAM_STDERR, ended.getStderr(), outcome));
    json.put("stdin", Views.totals(ended.getStdin(), ended.getPartial()));
    if (output.truncated()) {
      json.put("rest", "gractl execs logs --runner " + exec.runner() + " " + exec.execId());
    }
    if (ended.hasStartTime()) {
      json.put("startTime", time(ended.getStartTime()));
    }
    json.put("durationMillis", Endings.millis(ended.getDuration()));
    json.put("cpuMillis", Endings.millis(ended.getCpu()));
    json.put("elapsedMillis", elapsedMillis);
    json.put("straysKilled", ended.getStraysKilled());
    json.put("partial", ended.getPartial());
    json.put("hints", hints(ended));
    return json;
  }

  Map<String, Object> left(ExecOutcome.Left left) {
    json.put("state", "RUNNING");
    json.put(
        "detached",
        left.reason().name().replaceFirst("^REASON_", "").toLowerCase(java.util.Locale.ROOT));
    json.put("confirmed", left.confirmed());
    json.put("stdout", output.json(Stream.STREAM_STDOUT));
    json.put("stderr", output.json(Stream.STREAM_STDERR));
    return json;
  }

  Map<String, Object> failed(GraException failure) {
    json.put("state", "UNKNOWN");
    json.put("exitCode", Usage.exitCode(failure));
    json.put(
        "error", Json.error(failure.reason(), failure.getMessage(), failure.hint().orElse(null)));
    json.put("stdout", output.json(Stream.STREAM_STDOUT));
    json.put("stderr", output.json(Stream.STREAM_STDERR));
    return json;
  }

  static List<String> hints(Ended ended) {
    List<String> hints = new ArrayList<>();
    if (ended.getStraysKilled() > 0) {
      hints.add(
          ended.getStraysKilled()
              + " process(es) that the command left behind were ended with it. Try: gractl exec"
              + " --detach, for a server");
    }
    return hints;
  }

  private Map<String, Object> stream(
      Stream stream, StreamTotals totals, ExecOutcome.Finished outcome) {
    Map<String, Object> json = Views.totals(totals, outcome.ended().getPartial());
    json.put("verified", outcome.verification() == Verification.VERIFIED);
    json.putAll(output.json(stream));
    return json;
  }

  private static String time(Timestamp timestamp) {
    return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos()).toString();
  }
}
