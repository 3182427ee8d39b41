package dev.gra.grad.exec;

/** One stream's window: how many of its bytes may be under way. Guarded by its attachment. */
final class StreamWindow {
  private final WindowBudget budget;
  private long size;
  private long granted;
  private long forwarded;
  private boolean closed;

  StreamWindow(WindowBudget budget, long size) {
    this.budget = budget;
    this.size = size;
  }

  long size() {
    return size;
  }

  /** The runner may send up to here. */
  void granted(long until) {
    granted = Math.max(granted, until);
  }

  /** Bytes up to here are with the client: they flow, so the window may grow, or must shrink. */
  void forwarded(long upTo) {
    forwarded = Math.max(forwarded, upTo);
    long share = budget.share();
    if (size < share) {
      long more = Math.min(size, share - size);
      if (budget.take(more)) {
        size += more;
      }
    } else if (size > share) {
      long less = size - Math.max(share, granted - forwarded);
      if (less > 0) {
        size -= less;
        budget.give(less);
      }
    }
  }

  void close() {
    if (!closed) {
      closed = true;
      budget.give(size);
      budget.closed();
    }
  }
}
