package dev.gra.grad.runner;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** A client's own labels on a runner, in order of key. */
public record Labels(Map<String, String> values) {
  public static final Labels NONE = new Labels(Map.of());

  private static final int MAX_COUNT = 32;
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._/-]{1,63}");
  private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9._-]{0,63}");

  public Labels {
    if (values.size() > MAX_COUNT) {
      throw new InvalidFieldException("labels", "at most " + MAX_COUNT);
    }
    values.forEach(Labels::check);
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  private static void check(String key, String value) {
    if (!KEY.matcher(key).matches()) {
      throw new InvalidFieldException("labels", "a key is 1 to 63 characters of [A-Za-z0-9._/-]");
    }
    if (!VALUE.matcher(value).matches()) {
      throw new InvalidFieldException(
          "labels." + key, "a value is 0 to 63 characters of [A-Za-z0-9._-]");
    }
  }

  /** Whether each of {@code wanted} is here with the same value. */
  public boolean containsAll(Labels wanted) {
    return values.entrySet().containsAll(wanted.values.entrySet());
  }
}
