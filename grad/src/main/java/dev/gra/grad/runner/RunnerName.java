package dev.gra.grad.runner;

import java.util.regex.Pattern;

/** A runner's name: unique among its owner's runners, an RFC 1035 label. */
public record RunnerName(String value) implements Comparable<RunnerName> {
  private static final Pattern LABEL = Pattern.compile("[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

  public RunnerName {
    if (value == null || value.isEmpty()) {
      throw new InvalidFieldException("name", "required");
    }
    if (!LABEL.matcher(value).matches()) {
      throw new InvalidFieldException(
          "name",
          "1 to 63 lower-case letters, digits and '-', begun by a letter, not ended by '-'");
    }
  }

  @Override
  public int compareTo(RunnerName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
