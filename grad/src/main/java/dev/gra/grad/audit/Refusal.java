package dev.gra.grad.audit;

import dev.gra.grad.runner.Owner;
import java.util.Objects;
import java.util.Optional;

/**
 * A call that was ended by an error.
 *
 * @param method full name, as in {@code pkg.Service/Method}
 * @param code gRPC's name of the status
 * @param reason as the client was told it, or empty
 * @param by whom the call's token stands for, if it does
 * @param owner whose runners the call was about, if that is known
 * @param client the address that the call came from, or empty
 * @param trace id of the call's trace, or empty
 */
public record Refusal(
    String method,
    String code,
    String reason,
    Optional<Owner> by,
    Optional<Owner> owner,
    String client,
    String trace) {
  public Refusal {
    Objects.requireNonNull(method);
    Objects.requireNonNull(code);
    Objects.requireNonNull(reason);
    Objects.requireNonNull(by);
    Objects.requireNonNull(owner);
    Objects.requireNonNull(client);
    Objects.requireNonNull(trace);
  }
}
