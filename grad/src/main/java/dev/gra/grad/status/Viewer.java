package dev.gra.grad.status;

import dev.gra.grad.runner.Owner;
import java.util.Objects;

/**
 * Who looks.
 *
 * @param admin sees everybody's
 */
record Viewer(Owner self, boolean admin) {
  Viewer {
    Objects.requireNonNull(self);
  }

  boolean sees(Owner owner) {
    return admin || owner.equals(self);
  }
}
