package dev.gra.grad.config;

/**
 * A key's value and where it came from.
 *
 * @param origin e.g. {@code default}, {@code environment GRAD_RUNTIME}
 */
public record Setting(Key key, String value, String origin) {
  public Setting {
    try {
      // What nobody set may be empty.
      if (!value.isEmpty() || !value.equals(key.fallback())) {
        key.form().check(value);
      }
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          key.key()
              + ": "
              + e.getMessage()
              + ", not '"
              + key.form().shown(value)
              + "' (from "
              + origin
              + ")",
          e);
    }
  }

  /** The value as it may be shown. */
  public String shown() {
    return key.form().shown(value);
  }
}
