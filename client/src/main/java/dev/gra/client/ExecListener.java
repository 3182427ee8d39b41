package dev.gra.client;

import dev.gra.v1.Started;

/** Is told how a remote exec goes; on threads of the exec, so it must not block. */
public interface ExecListener {
  /** One that doesn't care. */
  ExecListener NONE = new ExecListener() {};

  /** The exec is there, on the first connection or a later one. */
  default void started(Started started) {}

  /** The connection broke; the exec goes on, and so does this client. */
  default void cut(GraException why) {}
}
