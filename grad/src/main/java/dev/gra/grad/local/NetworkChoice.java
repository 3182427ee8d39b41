package dev.gra.grad.local;

import dev.gra.grad.runner.InvalidFieldException;

/** What commands in a sandbox can reach. */
public enum NetworkChoice {
  /** The machine's network, its loopback and abstract unix sockets included. */
  HOST,
  /** A loopback of their own. */
  NONE;

  public static NetworkChoice named(String name) {
    return switch (name) {
      case "host" -> HOST;
      case "none" -> NONE;
      default -> throw new InvalidFieldException("network", "one of host, none");
    };
  }
}
