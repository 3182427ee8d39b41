package dev.gra.grad.api;

import dev.gra.grad.runner.InvalidFieldException;
import dev.gra.grad.runner.RunnerName;
import dev.gra.grad.runner.RunnerUid;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;

/** Checks of single fields; each failure names the field. */
final class Fields {
  private static final Pattern EXEC_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /** What protobuf allows: 10,000 years. */
  private static final long MAX_SECONDS = 315_576_000_000L;

  private static final int MAX_PAGE = 1000;
  private static final int DEFAULT_PAGE = 100;

  private Fields() {}

  static void require(boolean right, String field, String problem) {
    if (!right) {
      throw new InvalidFieldException(field, problem);
    }
  }

  static RunnerName runner(String field, String value) {
    try {
      return new RunnerName(value);
    } catch (InvalidFieldException e) {
      throw renamed(field, e);
    }
  }

  static RunnerUid uid(String field, String value) {
    require(!value.isEmpty(), field, "required");
    try {
      return new RunnerUid(value);
    } catch (InvalidFieldException e) {
      throw renamed(field, e);
    }
  }

  static String execId(String value) {
    require(!value.isEmpty(), "exec_id", "required");
    require(
        EXEC_ID.matcher(value).matches(),
        "exec_id",
        "1 to 64 characters [A-Za-z0-9._-], begun by a letter or digit");
    return value;
  }

  static void by(String value) {
    require(value.length() <= 200, "by", "at most 200 characters");
  }

  static int pageSize(int asked) {
    require(asked >= 0 && asked <= MAX_PAGE, "page_size", "1 to " + MAX_PAGE + ", or 0");
    return asked == 0 ? DEFAULT_PAGE : asked;
  }

  static Duration duration(String field, com.google.protobuf.Duration value) {
    boolean range =
        Math.abs(value.getSeconds()) <= MAX_SECONDS && Math.abs(value.getNanos()) < 1_000_000_000;
    boolean signs = (long) Long.signum(value.getSeconds()) * value.getNanos() >= 0;
    require(range && signs, field, "not a duration");
    return Duration.ofSeconds(value.getSeconds(), value.getNanos());
  }

  static void noNul(String field, String value) {
    require(value.indexOf(0) < 0, field, "holds a NUL");
  }

  /** Length as the kernel counts it. */
  static int bytes(String value) {
    return value.getBytes(StandardCharsets.UTF_8).length;
  }

  private static InvalidFieldException renamed(String field, InvalidFieldException e) {
    InvalidFieldException named =
        new InvalidFieldException(field, e.getMessage().substring(e.field().length() + 2));
    named.initCause(e);
    return named;
  }
}
