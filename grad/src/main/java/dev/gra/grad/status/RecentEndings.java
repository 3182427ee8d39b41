package dev.gra.grad.status;

import dev.gra.grad.audit.Argv;
import dev.gra.grad.exec.Opening;
import dev.gra.grad.telemetry.Tracing;
import dev.gra.v1.Ended;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** The endings that this grad heard of last, as many as fit. */
public final class RecentEndings {
  static final int MOST = 100;

  private final Commands commands;
  private final Deque<PastExec> newestFirst = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();

  public RecentEndings(Argv argv) {
    this.commands = new Commands(argv);
  }

  /** Remembers one. To be told once of each exec. */
  public void add(Opening opening, Ended ended) {
    String command = opening.frame().hasStart() ? commands.of(opening.frame().getStart()) : "";
    String trace = Tracing.traceId(ended.getTraceContext());
    PastExec past = PastExec.of(opening, command, ended, Instant.now(), trace);
    lock.lock();
    try {
      newestFirst.addFirst(past);
      if (newestFirst.size() > MOST) {
        newestFirst.removeLast();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Those that the viewer may see, the newest first. */
  List<PastExec> seenBy(Viewer viewer) {
    lock.lock();
    try {
      return newestFirst.stream().filter(past -> viewer.sees(past.where().owner())).toList();
    } finally {
      lock.unlock();
    }
  }
}
