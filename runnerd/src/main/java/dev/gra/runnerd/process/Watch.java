package dev.gra.runnerd.process;

/** A descriptor watched by a {@link Reactor}. To be used on the reactor's thread only. */
public final class Watch implements AutoCloseable {
  /** There are bytes, a connection or an ending to fetch, or the end of the stream. */
  public static final int READABLE = 1;

  /** A write will not block; it may still tell that the reader is gone. */
  public static final int WRITABLE = 2;

  /** The other end is gone. Comes along with READABLE and WRITABLE. */
  public static final int HANGUP = 4;

  private final Reactor reactor;
  private final int fd;
  private final int generation;
  private final Handler handler;
  private Interest interest = Interest.NONE;
  private boolean cancelled;

  Watch(Reactor reactor, int fd, int generation, Handler handler) {
    this.reactor = reactor;
    this.fd = fd;
    this.generation = generation;
    this.handler = handler;
  }

  /** The descriptor. */
  public int fd() {
    return fd;
  }

  /** What is waited for now. */
  public Interest interest() {
    return interest;
  }

  /**
   * Waits for something else from now on. Nothing happens if it is the same, or after {@link
   * #cancel}.
   */
  public void interest(Interest wanted) {
    if (cancelled || wanted == interest) {
      return;
    }
    reactor.change(this, interest, wanted);
    interest = wanted;
  }

  /** Watches no longer and leaves the descriptor open. Events already fetched are dropped. */
  public void cancel() {
    if (!cancelled) {
      interest(Interest.NONE);
      cancelled = true;
      reactor.remove(this);
    }
  }

  /**
   * Watches no longer and closes the descriptor. Nothing happens after {@link #cancel} or a first
   * close.
   */
  @Override
  public void close() {
    if (!cancelled) {
      cancel();
      Fds.close(fd);
    }
  }

  /** Whether {@link #cancel} or {@link #close} was called. */
  public boolean isClosed() {
    return cancelled;
  }

  int generation() {
    return generation;
  }

  Handler handler() {
    return handler;
  }
}
