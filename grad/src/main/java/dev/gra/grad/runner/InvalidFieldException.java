package dev.gra.grad.runner;

/**
 * A value that a caller gave is out of its range. {@link #field} is its path in the public API,
 * e.g. {@code spec.cpu_millis}.
 */
public final class InvalidFieldException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String field;

  public InvalidFieldException(String field, String problem) {
    super(field + ": " + problem);
    this.field = field;
  }

  public String field() {
    return field;
  }
}
