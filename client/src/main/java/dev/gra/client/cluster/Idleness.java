package dev.gra.client.cluster;

/** Counts connections, and says when there has been none for long enough. */
final class Idleness {
  private final long nanos;
  private int open;
  private long since;

  /** Negative means never. */
  Idleness(long millis) {
    this.nanos = millis < 0 ? -1 : millis * 1_000_000;
  }

  /** One more; answers how many there are. */
  synchronized int opened() {
    return ++open;
  }

  synchronized void closed() {
    open--;
    since = System.nanoTime();
    notifyAll();
  }

  /** Returns when it has been idle for as long as it may be. */
  synchronized void await() throws InterruptedException {
    since = System.nanoTime();
    while (true) {
      long left = nanos - (System.nanoTime() - since);
      if (nanos < 0 || open > 0) {
        wait();
      } else if (left <= 0) {
        return;
      } else {
        wait(left / 1_000_000 + 1);
      }
    }
  }
}
