package dev.gra.grad.runner;

import java.util.Objects;

/**
 * What a runtime can do and tell; the contract suite asks no more of it.
 *
 * @param runtime "local" or "kubernetes"
 * @param isolation how commands are kept in: "bubblewrap", "none", "pod"
 * @param isolated commands can't reach anything outside of their runner
 * @param limits cpu and memory are enforced
 * @param images a spec may name an image
 * @param outOfMemory it is known when the kernel ended a command for want of memory
 */
public record Capabilities(
    String runtime,
    String isolation,
    boolean isolated,
    boolean limits,
    boolean images,
    boolean outOfMemory) {
  public Capabilities {
    Objects.requireNonNull(runtime);
    Objects.requireNonNull(isolation);
  }
}
