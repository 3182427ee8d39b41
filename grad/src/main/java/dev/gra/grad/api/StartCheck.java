package dev.gra.grad.api;

import static dev.gra.grad.api.Fields.bytes;
import static dev.gra.grad.api.Fields.noNul;
import static dev.gra.grad.api.Fields.require;

import dev.gra.protocol.Limits;
import dev.gra.v1.OutputMode;
import dev.gra.v1.Script;
import dev.gra.v1.Start;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What the API says of Start's command. */
final class StartCheck {
  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");
  private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
  private static final Duration MIN_ORPHAN = Duration.ofSeconds(1);
  private static final Duration NO_LIMIT = Duration.ofSeconds(-1);
  private static final int MAX_CWD = 4095;

  private StartCheck() {}

  static void check(Start start) {
    argv(start.getArgvList(), start.hasScript());
    if (start.hasScript()) {
      script(start.getScript());
    }
    noNul("cwd", start.getCwd());
    require(bytes(start.getCwd()) <= MAX_CWD, "cwd", "at most " + MAX_CWD + " bytes");
    env(start.getEnvMap());
    require(start.getOutputMode() != OutputMode.UNRECOGNIZED, "output_mode", "unknown");
    if (start.hasTimeout()) {
      Duration timeout = Fields.duration("timeout", start.getTimeout());
      require(timeout.compareTo(MIN_TIMEOUT) >= 0, "timeout", "at least 1 ms");
    }
    if (start.hasOrphanAfter()) {
      Duration orphan = Fields.duration("orphan_after", start.getOrphanAfter());
      require(
          orphan.equals(NO_LIMIT) || orphan.compareTo(MIN_ORPHAN) >= 0,
          "orphan_after",
          "at least 1 s, or -1 s for no limit");
    }
    if (start.getLight()) {
      light(start);
    }
  }

  private static void light(Start start) {
    require(!start.hasScript(), "script", "not of a light exec: it has no directory");
    require(
        start.getOutputMode() != OutputMode.OUTPUT_MODE_RING,
        "output_mode",
        "not ring for a light exec");
    if (start.hasOrphanAfter()) {
      Duration orphan = Fields.duration("orphan_after", start.getOrphanAfter());
      require(
          !orphan.isNegative() && orphan.compareTo(Limits.LIGHT_ORPHAN_MAX) <= 0,
          "orphan_after",
          "1 s to 10 minutes for a light exec");
    }
  }

  private static void argv(List<String> argv, boolean script) {
    require(script || !argv.isEmpty(), "argv", "empty, and there is no script");
    strings("argv", argv, Limits.ARGV_BYTES);
  }

  private static void script(Script script) {
    require(
        script.getContent().size() <= Limits.SCRIPT_BYTES,
        "script.content",
        "at most " + Limits.SCRIPT_BYTES + " bytes");
    require(script.getInterpreterCount() > 0, "script.interpreter", "required");
    require(!script.getInterpreter(0).isEmpty(), "script.interpreter", "required");
    strings("script.interpreter", script.getInterpreterList(), Limits.ARGV_BYTES);
    String name = script.getFileName();
    require(
        name.isEmpty() || FILE_NAME.matcher(name).matches(),
        "script.file_name",
        "1 to 100 characters [A-Za-z0-9._-], not begun by '.'");
  }

  private static void env(Map<String, String> env) {
    long total = 0;
    for (Map.Entry<String, String> variable : env.entrySet()) {
      String name = variable.getKey();
      String field = "env";
      require(!name.isEmpty(), field, "a name is empty");
      require(name.indexOf('=') < 0, field, "the name " + shown(name) + " holds '='");
      require(!name.startsWith("GRA_"), field, "the name " + shown(name) + " begins with GRA_");
      noNul(field, name);
      noNul(field, variable.getValue());
      int length = bytes(name) + 1 + bytes(variable.getValue());
      require(
          length <= Limits.ARG_BYTES,
          field,
          "variable " + shown(name) + " is over " + Limits.ARG_BYTES + " bytes");
      total += length;
    }
    require(total <= Limits.ENV_BYTES, "env", "at most " + Limits.ENV_BYTES + " bytes in all");
  }

  private static String shown(String name) {
    String line = name.replaceAll("\\p{Cntrl}", "?");
    return "'" + (line.length() > 40 ? line.substring(0, 40) + "..." : line) + "'";
  }

  private static void strings(String field, List<String> strings, long most) {
    require(
        strings.size() <= Limits.ARGV_STRINGS,
        field,
        "at most " + Limits.ARGV_STRINGS + " strings");
    long total = 0;
    for (String string : strings) {
      noNul(field, string);
      int length = bytes(string);
      require(length <= Limits.ARG_BYTES, field, "a string is over " + Limits.ARG_BYTES + " bytes");
      total += length;
    }
    require(total <= most, field, "at most " + most + " bytes in all");
  }
}
