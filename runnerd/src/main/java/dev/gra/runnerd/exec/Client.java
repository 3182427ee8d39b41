package dev.gra.runnerd.exec;

import dev.gra.link.v1.LinkError;

/** One attachment's other side, as an exec sees it. Called on the reactor's thread. */
public interface Client {
  /** There may be something to send: ask the exec for it, but not from within this call. */
  void wake();

  /** The exec came to nothing; the attachment is over. */
  void failed(LinkError error);
}
