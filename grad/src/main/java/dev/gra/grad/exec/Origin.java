package dev.gra.grad.exec;

import dev.gra.grad.runner.Owner;
import java.util.Objects;

/**
 * Where an attachment comes from.
 *
 * @param owner whose exec it is
 * @param by who calls: the owner, or an admin
 * @param client the address that the call came from, or empty if it isn't known
 * @param trace id of the call's trace, or empty
 */
public record Origin(Owner owner, Owner by, String client, String trace) {
  public Origin {
    Objects.requireNonNull(owner);
    Objects.requireNonNull(by);
    Objects.requireNonNull(client);
    Objects.requireNonNull(trace);
  }
}
