package dev.gra.grad.status;

import dev.gra.grad.exec.Opening;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.RunnerName;
import dev.gra.grad.runner.RunnerUid;
import java.util.Objects;

/** Which exec, in which runner, of whom. */
record Where(Owner owner, RunnerName runner, RunnerUid uid, String execId) {
  Where {
    Objects.requireNonNull(owner);
    Objects.requireNonNull(runner);
    Objects.requireNonNull(uid);
    Objects.requireNonNull(execId);
  }

  static Where of(Opening opening) {
    return new Where(opening.origin().owner(), opening.runner(), opening.uid(), opening.execId());
  }
}
