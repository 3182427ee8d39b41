package dev.gra.grad.telemetry;

import java.util.LinkedHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** Remembers the latest of many names, as many as fit. */
public final class Recent {
  private final int most;
  private final LinkedHashMap<String, Boolean> names = new LinkedHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();

  public Recent(int most) {
    this.most = most;
  }

  /** Whether it was not remembered. */
  public boolean add(String name) {
    lock.lock();
    try {
      boolean fresh = names.put(name, Boolean.TRUE) == null;
      if (names.size() > most) {
        names.pollFirstEntry();
      }
      return fresh;
    } finally {
      lock.unlock();
    }
  }

  /** Whether it was remembered; it isn't any more. */
  public boolean remove(String name) {
    lock.lock();
    try {
      return names.remove(name) != null;
    } finally {
      lock.unlock();
    }
  }
}
