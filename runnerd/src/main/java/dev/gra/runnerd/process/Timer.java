package dev.gra.runnerd.process;

/** Something a {@link Reactor} does later, once. To be used on the reactor's thread only. */
public final class Timer implements Comparable<Timer> {
  private final Reactor reactor;
  private final long dueNanos;
  private final long sequence;
  private final Runnable task;

  Timer(Reactor reactor, long dueNanos, long sequence, Runnable task) {
    this.reactor = reactor;
    this.dueNanos = dueNanos;
    this.sequence = sequence;
    this.task = task;
  }

  /** Does it never. Nothing happens if it has run or was cancelled. */
  public void cancel() {
    reactor.remove(this);
  }

  long dueNanos() {
    return dueNanos;
  }

  Runnable task() {
    return task;
  }

  @Override
  public int compareTo(Timer other) {
    long difference = dueNanos - other.dueNanos;
    return difference == 0 ? Long.compare(sequence, other.sequence) : Long.signum(difference);
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
