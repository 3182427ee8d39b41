package dev.gra.grad.status;

import dev.gra.grad.api.Access;
import dev.gra.grad.audit.AuditLog;
import dev.gra.grad.audit.Refusal;
import dev.gra.grad.runner.Subject;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/** Who may look: the same tokens as the API's, as a bearer's or as a browser's password. */
final class Door {
  /** What a request is answered. */
  sealed interface Answer {}

  record In(Viewer viewer) implements Answer {}

  /** From there nobody is even asked who they are. */
  record NotHere(String why) implements Answer {}

  record WhoAreYou(String why) implements Answer {}

  private static final String BEARER = "bearer ";
  private static final String BASIC = "basic ";
  private static final NotHere NOT_HERE =
      new NotHere(
          "the status page is shown on grad's own machine only, for there is no TLS here."
              + " Try: kubectl -n gra port-forward service/grad 8080, then"
              + " http://localhost:8080/status");
  private static final WhoAreYou NO_TOKEN =
      new WhoAreYou("no token. Try: any name, and your token as the password");
  private static final WhoAreYou WRONG_TOKEN =
      new WhoAreYou("nobody has this token. Try: any name, and your token as the password");

  private final Access access;
  private final AuditLog audit;

  Door(Access access, AuditLog audit) {
    this.access = access;
    this.audit = audit;
  }

  Answer answer(SocketAddress from, Optional<String> authorization, String path) {
    if (!(from instanceof InetSocketAddress peer) || !peer.getAddress().isLoopbackAddress()) {
      return NOT_HERE;
    }
    Optional<String> token = authorization.flatMap(Door::token);
    if (token.isEmpty()) {
      return NO_TOKEN;
    }
    Optional<Subject> subject = access.subjects().apply(token.get());
    if (subject.isEmpty()) {
      refused(peer, path);
      return WRONG_TOKEN;
    }
    return new In(new Viewer(subject.get().owner(), access.admin(subject.get())));
  }

  /** A browser's first request has none, which is no refusal to write down. */
  private void refused(InetSocketAddress peer, String path) {
    audit.refused(
        new Refusal(
            "GET " + path,
            "UNAUTHENTICATED",
            "WRONG_TOKEN",
            Optional.empty(),
            Optional.empty(),
            peer.getAddress().getHostAddress(),
            ""));
  }

  private static Optional<String> token(String authorization) {
    String lower = authorization.toLowerCase(Locale.ROOT);
    if (lower.startsWith(BEARER)) {
      return Optional.of(authorization.substring(BEARER.length()).strip());
    }
    return lower.startsWith(BASIC)
        ? password(authorization.substring(BASIC.length()).strip())
        : Optional.empty();
  }

  private static Optional<String> password(String encoded) {
    try {
      String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      return colon < 0 ? Optional.empty() : Optional.of(pair.substring(colon + 1).strip());
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // Not Base64: no password.
    }
  }
}
