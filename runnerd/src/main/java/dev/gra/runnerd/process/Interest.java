package dev.gra.runnerd.process;

/** What a {@link Watch} waits for. */
public enum Interest {
  /** Nothing, not even a hang-up. */
  NONE(0),
  /** Only that the other end goes away, e.g. that a command closes its stdin. */
  HANGUP(0),
  /** Bytes, connections, a process's end (of a pidfd), or the end of the stream. */
  READ(Epoll.IN),
  /** Room for bytes, or that the reader is gone. */
  WRITE(Epoll.OUT),
  /** Either. */
  READ_WRITE(Epoll.IN | Epoll.OUT);

  private final int events;

  Interest(int events) {
    this.events = events;
  }

  int events() {
    return events;
  }
}
