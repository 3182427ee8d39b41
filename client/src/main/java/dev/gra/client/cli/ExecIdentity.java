package dev.gra.client.cli;

import dev.gra.v1.Attach;
import dev.gra.v1.Start;

/**
 * Which exec.
 *
 * @param execId its id
 * @param runner its runner's name
 * @param runnerUid its runner's uid
 */
record ExecIdentity(String execId, String runner, String runnerUid) {
  static ExecIdentity of(Start start) {
    return new ExecIdentity(start.getExecId(), start.getRunner(), start.getRunnerUid());
  }

  static ExecIdentity of(Attach attach) {
    return new ExecIdentity(attach.getExecId(), attach.getRunner(), attach.getRunnerUid());
  }
}
