package dev.gra.client;

/**
 * Says where grad is now. Asked anew at each reconnect: it may have been started again elsewhere.
 */
@FunctionalInterface
public interface EndpointSource {
  /**
   * Where grad is. May start one; may block for as long as that takes.
   *
   * @throws GraException if there is none
   */
  Endpoint endpoint();

  /** One that never moves. */
  static EndpointSource fixed(Endpoint endpoint) {
    return () -> endpoint;
  }
}
