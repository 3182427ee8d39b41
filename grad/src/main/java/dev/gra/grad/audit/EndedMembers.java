package dev.gra.grad.audit;

import com.google.protobuf.Duration;
import dev.gra.v1.Ended;
import dev.gra.v1.Ending;
import dev.gra.v1.FailedToStart;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What an ending's line says of it, by the names that gractl's JSON has. */
final class EndedMembers {
  private EndedMembers() {}

  static AuditLine add(AuditLine line, Ended ended) {
    line.with("ending", ending(ended.getEnding()))
        .with("stdinBytes", ended.getStdin().getBytes())
        .with("stdoutBytes", ended.getStdout().getBytes())
        .with("stderrBytes", ended.getStderr().getBytes());
    if (ended.hasStartTime()) {
      var start = ended.getStartTime();
      line.with(
          "startTime", AuditLine.time(Instant.ofEpochSecond(start.getSeconds(), start.getNanos())));
    }
    return line.with("durationMillis", ended.hasDuration() ? millis(ended.getDuration()) : null)
        .with("cpuMillis", ended.hasCpu() ? millis(ended.getCpu()) : null)
        .with("straysKilled", (long) ended.getStraysKilled())
        .with("partial", ended.getPartial());
  }

  private static Map<String, Object> ending(Ending ending) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("kind", dev.gra.grad.telemetry.Endings.name(ending));
    switch (ending.getKindCase()) {
      case EXITED -> members.put("code", ending.getExited().getCode());
      case SIGNALLED -> {
        members.put("signal", ending.getSignalled().getSignal());
        members.put("coreDumped", ending.getSignalled().getCoreDumped());
      }
      case TIMED_OUT -> members.put("afterMillis", millis(ending.getTimedOut().getAfter()));
      case CANCELLED -> members.put("by", ending.getCancelled().getBy());
      // Its message may name the command, which Argv is to decide on.
      case FAILED_TO_START -> members.put("reason", reason(ending.getFailedToStart()));
      case RUNNER_LOST -> members.put("why", ending.getRunnerLost().getWhy());
      case OUTPUT_LIMIT -> members.put("why", ending.getOutputLimit().getWhy());
      case OUT_OF_MEMORY, STDIN_LOST, KIND_NOT_SET -> {}
    }
    return members;
  }

  private static String reason(FailedToStart failure) {
    return failure.getReason().name().replaceFirst("^REASON_", "").toLowerCase(Locale.ROOT);
  }

  private static long millis(Duration duration) {
    return duration.getSeconds() * 1000 + duration.getNanos() / 1_000_000;
  }
}
