package dev.gra.grad.runner;

import java.util.UUID;
import java.util.regex.Pattern;

/** Identity of one very runner: of a Pod, or a random one. It survives restarts of its runnerd. */
public record RunnerUid(String value) {
  private static final Pattern FORM = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  public RunnerUid {
    if (!valid(value)) {
      throw new InvalidFieldException("uid", "1 to 63 lower-case letters, digits and '-'");
    }
  }

  public static boolean valid(String value) {
    return value != null && FORM.matcher(value).matches();
  }

  /** A new one that nobody can guess. */
  public static RunnerUid random() {
    return new RunnerUid(UUID.randomUUID().toString());
  }

  @Override
  public String toString() {
    return value;
  }
}
