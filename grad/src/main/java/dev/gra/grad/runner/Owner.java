package dev.gra.grad.runner;

/** Whose runners they are: the subject of the caller's token. */
public record Owner(String subject) {
  private static final int MAX = 253;

  public Owner {
    if (subject == null || subject.isBlank() || subject.length() > MAX) {
      throw new InvalidFieldException("owner", "1 to " + MAX + " characters");
    }
    if (subject.chars().anyMatch(Character::isISOControl)) {
      throw new InvalidFieldException("owner", "holds a control character");
    }
  }

  @Override
  public String toString() {
    return subject;
  }
}
