package dev.gra.runnerd.exec;

import dev.gra.link.v1.LinkError;

/** A call or attachment can't be served; its channel is closed with this. */
public final class Refusal extends Exception {
  private static final long serialVersionUID = 1;

  private final transient LinkError error;

  public Refusal(LinkError.Reason reason, String subject, String message) {
    super(message);
    this.error =
        LinkError.newBuilder().setReason(reason).setSubject(subject).setMessage(message).build();
  }

  static Refusal invalid(String field, String message) {
    return new Refusal(LinkError.Reason.REASON_INVALID_ARGUMENT, field, field + ": " + message);
  }

  static Refusal limit(String limit, String message) {
    return new Refusal(LinkError.Reason.REASON_LIMIT, limit, message);
  }

  static Refusal notFound(String execId) {
    return new Refusal(LinkError.Reason.REASON_EXEC_NOT_FOUND, execId, "no such exec: " + execId);
  }

  /** As it goes over the link. */
  public LinkError error() {
    return error;
  }
}
