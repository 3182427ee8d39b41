package dev.gra.runnerd.exec;

import com.google.protobuf.Duration;
import dev.gra.protocol.Limits;
import dev.gra.v1.OutputMode;
import dev.gra.v1.Script;
import dev.gra.v1.Start;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What a Start must be like. grad has checked it, too; runnerd relies on nobody. */
final class StartRules {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");
  private static final long MAX_SECONDS = 315_576_000_000L;

  static void check(Start start) throws Refusal {
    checkId(start.getExecId());
    if (start.hasScript()) {
      checkScript(start.getScript());
    } else if (start.getArgvCount() == 0) {
      throw Refusal.invalid("argv", "is empty, and there is no script");
    } else if (start.getArgv(0).isEmpty()) {
      throw Refusal.invalid("argv", "its first string is empty");
    }
    checkStrings("argv", start.getArgvList());
    if (hasNul(start.getCwd())) {
      throw Refusal.invalid("cwd", "has a NUL");
    }
    if (start.getCwd().length() > 4095) {
      throw Refusal.invalid("cwd", "is longer than 4095 characters");
    }
    checkEnv(start.getEnvMap());
    if (start.getOutputMode() == OutputMode.UNRECOGNIZED) {
      throw Refusal.invalid("output_mode", "is unknown");
    }
    checkTimes(start);
    if (start.getLight()) {
      checkLight(start);
    }
  }

  private static void checkLight(Start start) throws Refusal {
    if (start.hasScript()) {
      throw Refusal.invalid("script", "is not for a light exec, which has no directory");
    }
    if (start.getOutputMode() == OutputMode.OUTPUT_MODE_RING) {
      throw Refusal.invalid("output_mode", "is ring, which is not for a light exec");
    }
    if (start.hasOrphanAfter()
        && (unlimited(start.getOrphanAfter())
            || start.getOrphanAfter().getSeconds() > Limits.LIGHT_ORPHAN_MAX.toSeconds())) {
      throw Refusal.invalid("orphan_after", "is more than 10 minutes, which no light exec may");
    }
  }

  /** Checks an exec's id, which names a directory, too. */
  static void checkId(String id) throws Refusal {
    if (!ID.matcher(id).matches()) {
      throw Refusal.invalid(
          "exec_id", "wants 1 to 64 characters [A-Za-z0-9._-], the first a letter or digit");
    }
  }

  private static void checkScript(Script script) throws Refusal {
    if (script.getContent().size() > Limits.SCRIPT_BYTES) {
      throw Refusal.invalid("script.content", "has more than " + Limits.SCRIPT_BYTES + " bytes");
    }
    if (script.getInterpreterCount() == 0 || script.getInterpreter(0).isEmpty()) {
      throw Refusal.invalid("script.interpreter", "is empty");
    }
    checkStrings("script.interpreter", script.getInterpreterList());
    if (!script.getFileName().isEmpty() && !FILE_NAME.matcher(script.getFileName()).matches()) {
      throw Refusal.invalid(
          "script.file_name", "wants 1 to 100 characters [A-Za-z0-9._-], the first not '.'");
    }
  }

  private static void checkStrings(String field, List<String> strings) throws Refusal {
    if (strings.size() > Limits.ARGV_STRINGS) {
      throw Refusal.invalid(field, "has more than " + Limits.ARGV_STRINGS + " strings");
    }
    long total = 0;
    for (String string : strings) {
      if (hasNul(string)) {
        throw Refusal.invalid(field, "has a NUL");
      }
      int bytes = bytes(string);
      if (bytes > Limits.ARG_BYTES) {
        throw Refusal.invalid(field, "has a string of more than " + Limits.ARG_BYTES + " bytes");
      }
      total += bytes;
    }
    if (total > Limits.ARGV_BYTES) {
      throw Refusal.invalid(field, "has more than " + Limits.ARGV_BYTES + " bytes in all");
    }
  }

  private static void checkEnv(Map<String, String> env) throws Refusal {
    long total = 0;
    for (Map.Entry<String, String> variable : env.entrySet()) {
      String name = variable.getKey();
      if (name.isEmpty() || name.indexOf('=') >= 0 || hasNul(name) || hasNul(variable.getValue())) {
        throw Refusal.invalid("env", "a name is empty or has '=', or there is a NUL");
      }
      if (name.startsWith("GRA_")) {
        throw Refusal.invalid("env", name + ": names beginning with GRA_ are reserved");
      }
      int bytes = bytes(name) + 1 + bytes(variable.getValue());
      if (bytes > Limits.ARG_BYTES) {
        throw Refusal.invalid("env", name + " has more than " + Limits.ARG_BYTES + " bytes");
      }
      total += bytes;
    }
    if (total > Limits.ENV_BYTES) {
      throw Refusal.invalid("env", "has more than " + Limits.ENV_BYTES + " bytes in all");
    }
  }

  private static void checkTimes(Start start) throws Refusal {
    if (start.hasTimeout()) {
      Duration timeout = valid("timeout", start.getTimeout());
      if (timeout.getSeconds() == 0 && timeout.getNanos() < 1_000_000) {
        throw Refusal.invalid("timeout", "is less than 1 ms");
      }
    }
    if (start.hasOrphanAfter() && !unlimited(start.getOrphanAfter())) {
      if (valid("orphan_after", start.getOrphanAfter()).getSeconds() < 1) {
        throw Refusal.invalid("orphan_after", "is less than 1 s");
      }
    }
  }

  /** Whether an orphan_after means that there is no limit. */
  static boolean unlimited(Duration orphanAfter) {
    return orphanAfter.getSeconds() == -1 && orphanAfter.getNanos() == 0;
  }

  private static Duration valid(String field, Duration duration) throws Refusal {
    boolean valid =
        duration.getSeconds() >= 0
            && duration.getSeconds() <= MAX_SECONDS
            && duration.getNanos() >= 0
            && duration.getNanos() <= 999_999_999;
    if (!valid) {
      throw Refusal.invalid(field, "is negative or not a duration");
    }
    return duration;
  }

  private static boolean hasNul(String text) {
    return text.indexOf('\0') >= 0;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private StartRules() {}
}
