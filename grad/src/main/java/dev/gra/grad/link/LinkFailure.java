package dev.gra.grad.link;

import dev.gra.link.v1.LinkError;

/** Why a link, or one channel of it, can't go on. */
public sealed interface LinkFailure {
  /** One line for a person. */
  String message();

  default LinkException exception() {
    return new LinkException(this, null);
  }

  default LinkException exception(Throwable cause) {
    return new LinkException(this, cause);
  }

  /** The link is gone; what runs in the runner is not touched by that. */
  record Broken(String why) implements LinkFailure {
    @Override
    public String message() {
      return "the link to the runner broke: " + why;
    }
  }

  /** runnerd refused. */
  record Refused(LinkError.Reason reason, String message, String subject) implements LinkFailure {}

  /** Whoever answered is not the runnerd of the runner that was meant. */
  record WrongRunner(String wanted, String found) implements LinkFailure {
    @Override
    public String message() {
      return "runner " + wanted + " is gone: its place is taken by " + found;
    }
  }

  /** The channel's client sends more, or more often, than can be taken. */
  record Overflow(String message) implements LinkFailure {}
}
