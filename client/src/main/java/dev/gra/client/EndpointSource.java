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

  /** The token was refused: gets another; answers false if there is none to be had. */
  default boolean renewToken() {
    return false;
  }

  /** What to tell of a grad that could not be reached. */
  default GraException unreachable(Endpoint tried, GraException why) {
    return GraException.unreachable(tried, why);
  }

  /** One that never moves. */
  static EndpointSource fixed(Endpoint endpoint) {
    return () -> endpoint;
  }
}
