package dev.gra.grad.api;

import dev.gra.grad.runner.InvalidFieldException;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Runner;
import dev.gra.grad.runner.RunnerName;
import java.util.Comparator;
import java.util.Optional;

/** Where a list of runners goes on: after this one. */
record ListPosition(RunnerName name, Owner owner) {
  /** By name, and by owner where several have one of it. */
  static final Comparator<Runner> ORDER = Comparator.comparing(ListPosition::of, order());

  private static Comparator<ListPosition> order() {
    return Comparator.comparing(ListPosition::name)
        .thenComparing(position -> position.owner().subject());
  }

  static ListPosition of(Runner runner) {
    return new ListPosition(runner.name(), runner.owner());
  }

  /** From {@link #token}; empty from an empty one. */
  static Optional<ListPosition> parse(String token) {
    if (token.isEmpty()) {
      return Optional.empty();
    }
    int end = token.indexOf(' ');
    if (end < 0) {
      throw new InvalidFieldException("page_token", "not one that ListRunners gave");
    }
    try {
      return Optional.of(
          new ListPosition(
              new RunnerName(token.substring(0, end)), new Owner(token.substring(end + 1))));
    } catch (InvalidFieldException e) {
      throw new InvalidFieldException("page_token", "not one that ListRunners gave");
    }
  }

  /** A name has no space. */
  String token() {
    return name.value() + " " + owner.subject();
  }

  boolean isBefore(Runner runner) {
    return order().compare(this, of(runner)) < 0;
  }
}
