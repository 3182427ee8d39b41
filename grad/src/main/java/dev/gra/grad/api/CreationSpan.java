package dev.gra.grad.api;

import dev.gra.grad.runner.CreationStage;
import dev.gra.grad.telemetry.Step;
import dev.gra.grad.telemetry.Tracing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A runner's creation as a part of the call that asked for it, with the stages that it reached;
 * none, if the runner was there. Closed when the creation is over, however it went.
 */
final class CreationSpan implements AutoCloseable {
  private final Tracing.Rpc rpc;
  private final Instant begun = Instant.now();
  private final List<Step.Moment> stages = new ArrayList<>();

  CreationSpan(Tracing.Rpc rpc) {
    this.rpc = rpc;
  }

  void reached(CreationStage stage) {
    stages.add(new Step.Moment(stage.name(), stage.time()));
  }

  @Override
  public void close() {
    if (!stages.isEmpty()) {
      rpc.step(new Step("runner create", begun, Instant.now(), stages));
    }
  }
}
