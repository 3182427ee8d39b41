package dev.gra.grad.api;

import dev.gra.grad.runner.Owner;
import io.grpc.Grpc;
import io.grpc.ServerCall;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;

/** What is known of a call: from where it comes, and, once its token was looked at, of whom. */
final class CallFacts {
  private final String client;
  private volatile Owner self;
  private volatile Owner owner;

  private CallFacts(String client) {
    this.client = client;
  }

  static CallFacts of(ServerCall<?, ?> call) {
    SocketAddress address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    return new CallFacts(
        address instanceof InetSocketAddress inet && inet.getAddress() != null
            ? inet.getAddress().getHostAddress()
            : "");
  }

  /** The token stands for this subject. */
  void self(Owner subject) {
    self = subject;
  }

  /** The call is about this owner's runners. */
  void owner(Owner whose) {
    owner = whose;
  }

  /** The client's IP address, or empty. */
  String client() {
    return client;
  }

  Optional<Owner> self() {
    return Optional.ofNullable(self);
  }

  Optional<Owner> owner() {
    return Optional.ofNullable(owner);
  }
}
