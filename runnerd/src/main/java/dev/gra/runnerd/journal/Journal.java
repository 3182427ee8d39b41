package dev.gra.runnerd.journal;

import dev.gra.runnerd.log.Log;
import dev.gra.v1.Ended;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;

/**
 * Makes starts and endings durable on a thread of its own, since a sync takes milliseconds. Starts
 * that arrive while a sync is under way share the next one. Answers come on the executor it is
 * given (the reactor).
 */
public final class Journal implements AutoCloseable {
  /** How a start's record went. */
  public interface StartListener {
    /** It is on disk: the command may be spawned. */
    void durable();

    /** It is not: the command must not be spawned. Nothing of it is left. */
    void failed(IOException why);
  }

  private sealed interface Task {}

  private record StartTask(ExecRecord record, StartListener listener) implements Task {}

  private record SyncEnding(String execId) implements Task {}

  private record Delete(String execId) implements Task {}

  private record Stop() implements Task {}

  private static final int QUEUE = 16_384;
  private static final int BATCH = 256;

  private final JournalFiles files;
  private final Executor answers;
  private final BlockingQueue<Task> tasks = new ArrayBlockingQueue<>(QUEUE);
  private final Thread thread;

  public Journal(JournalFiles files, Executor answers) {
    this.files = files;
    this.answers = answers;
    this.thread = Thread.ofPlatform().name("journal").daemon(true).start(this::run);
  }

  /** Begins to make a start durable; false if too many are waiting. */
  public boolean start(ExecRecord record, StartListener listener) {
    return tasks.offer(new StartTask(record, listener));
  }

  /**
   * Writes an ending at once, so that it survives this process, and makes it durable later. An exec
   * of which that failed is "runner lost" after a restart.
   */
  public void ended(String execId, Ended ended) {
    try {
      files.end(execId, ended);
    } catch (IOException e) {
      Log.warn("the ending of " + execId + " can't be journalled: " + e);
      return;
    }
    if (!tasks.offer(new SyncEnding(execId))) {
      Log.warn("the ending of " + execId + " is written but not synced: too much is waiting");
    }
  }

  /** Begins to remove an exec from disk; false if too much is waiting. */
  public boolean delete(String execId) {
    return tasks.offer(new Delete(execId));
  }

  /** Does what is waiting, then ends. */
  @Override
  public void close() {
    try {
      tasks.put(new Stop());
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    List<Task> batch = new ArrayList<>(BATCH);
    boolean running = true;
    while (running) {
      batch.clear();
      try {
        batch.add(tasks.take());
      } catch (InterruptedException e) {
        return;
      }
      tasks.drainTo(batch, BATCH - 1);
      running = perform(batch);
    }
  }

  private boolean perform(List<Task> batch) {
    boolean running = true;
    List<StartTask> created = new ArrayList<>();
    List<String> endings = new ArrayList<>();
    for (Task task : batch) {
      switch (task) {
        case StartTask start -> {
          if (create(start)) {
            created.add(start);
          }
        }
        case SyncEnding ending -> endings.add(ending.execId());
        case Delete delete -> delete(delete);
        case Stop _ -> running = false;
      }
    }
    sync(created);
    endings.forEach(this::syncEnding);
    return running;
  }

  private boolean create(StartTask start) {
    try {
      files.create(start.record());
      return true;
    } catch (IOException e) {
      fail(start, e);
      return false;
    }
  }

  private void sync(List<StartTask> created) {
    if (created.isEmpty()) {
      return;
    }
    try {
      files.syncStarts(created.stream().map(start -> start.record().id()).toList());
    } catch (IOException e) {
      for (StartTask start : created) {
        delete(new Delete(start.record().id()));
        fail(start, e);
      }
      return;
    }
    created.forEach(start -> answers.execute(start.listener()::durable));
  }

  private void fail(StartTask start, IOException why) {
    answers.execute(() -> start.listener().failed(why));
  }

  private void delete(Delete delete) {
    try {
      files.delete(delete.execId());
    } catch (IOException e) {
      Log.warn("exec " + delete.execId() + " can't be removed from the journal: " + e);
    }
  }

  private void syncEnding(String execId) {
    try {
      files.syncEnding(execId);
    } catch (IOException e) {
      Log.warn("the ending of " + execId + " can't be synced: " + e);
    }
  }
}
