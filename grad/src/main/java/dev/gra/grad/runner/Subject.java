package dev.gra.grad.runner;

import java.util.Objects;
import java.util.Set;

/**
 * Who calls: whom a token stands for.
 *
 * @param owner as whom its runners are kept
 * @param groups what it belongs to, as whoever knows the token says
 */
public record Subject(Owner owner, Set<String> groups) {
  public Subject {
    Objects.requireNonNull(owner);
    groups = Set.copyOf(groups);
  }
}
