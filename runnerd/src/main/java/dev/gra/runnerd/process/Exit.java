package dev.gra.runnerd.process;

import java.time.Duration;

/** How a process ended, as the kernel says it: exit(137) and SIGKILL are two things. */
public sealed interface Exit {

  /** User and system time of the process and of all it has waited for. */
  Duration cpu();

  /** It ended by itself. */
  record Exited(int code, Duration cpu) implements Exit {}

  /** A signal ended it. */
  record Signalled(int signal, boolean coreDumped, Duration cpu) implements Exit {}
}
