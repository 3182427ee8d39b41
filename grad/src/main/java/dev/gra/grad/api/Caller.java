package dev.gra.grad.api;

import dev.gra.grad.runner.Owner;

/**
 * Who calls, and for whom.
 *
 * @param self whom the token stands for
 * @param admin is in the admin group
 * @param owner whose runners the call is about: its own, or those of whom an admin names
 */
record Caller(Owner self, boolean admin, Owner owner) {
  Caller {
    if (!admin && !owner.equals(self)) {
      throw new NotAdminException();
    }
  }

  /** Throws if it isn't in the admin group. */
  void requireAdmin() {
    if (!admin) {
      throw new NotAdminException();
    }
  }
}
