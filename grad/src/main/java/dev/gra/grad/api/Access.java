package dev.gra.grad.api;

import dev.gra.grad.runner.Subject;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Who may call, and for whom.
 *
 * @param subjects whom a bearer token stands for
 * @param adminGroup whose members may call for every owner
 */
public record Access(Function<String, Optional<Subject>> subjects, Optional<String> adminGroup) {
  public Access {
    Objects.requireNonNull(subjects);
    Objects.requireNonNull(adminGroup);
  }

  /** Whether it may call for every owner. */
  public boolean admin(Subject subject) {
    return adminGroup.filter(subject.groups()::contains).isPresent();
  }
}
