package dev.gra.grad.exec;

import dev.gra.grad.runner.RunnerName;
import dev.gra.grad.runner.RunnerUid;
import dev.gra.v1.Cursors;
import dev.gra.v1.ExecRequest;
import java.util.Objects;

/**
 * The first frame of an attachment, checked.
 *
 * @param frame Start or Attach, as the runner is to have it
 * @param origin who sent it
 */
public record Opening(
    ExecRequest frame,
    String execId,
    RunnerName runner,
    RunnerUid uid,
    Cursors cursors,
    boolean writer,
    Origin origin) {
  public Opening {
    Objects.requireNonNull(frame);
    Objects.requireNonNull(execId);
    Objects.requireNonNull(runner);
    Objects.requireNonNull(uid);
    Objects.requireNonNull(cursors);
    Objects.requireNonNull(origin);
  }
}
