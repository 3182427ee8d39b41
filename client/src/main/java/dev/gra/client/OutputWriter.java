package dev.gra.client;

import com.google.protobuf.ByteString;
import dev.gra.v1.Stream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.Queue;
import java.util.Set;

/**
 * Hands output to the sink on a thread of its own. The queue is bounded by the credits, which grow
 * only by what was written.
 */
final class OutputWriter implements AutoCloseable {
  /** Is told what became of the bytes; on the writer's thread. */
  interface Progress {
    /** The sink has all of the stream up to here. */
    void written(Stream stream, long upTo);

    /** The sink takes no more of the stream. */
    void refused(Stream stream, IOException why);
  }

  private sealed interface Item {}

  private record Data(Stream stream, long offset, ByteString bytes) implements Item {}

  private record Hole(Stream stream, long from, long to) implements Item {}

  private record End(Stream stream, long offset) implements Item {}

  private final OutputSink sink;
  private final Progress progress;
  private final Thread thread;
  private final Queue<Item> queue = new ArrayDeque<>();
  private final Set<Stream> refused = EnumSet.noneOf(Stream.class);
  private boolean started;
  private boolean ending;
  private RuntimeException failure;

  OutputWriter(String execId, OutputSink sink, Progress progress) {
    this.sink = sink;
    this.progress = progress;
    this.thread = Thread.ofPlatform().daemon().name("gra-output-" + execId).unstarted(this::run);
  }

  synchronized void data(Stream stream, long end, ByteString bytes) {
    add(new Data(stream, end - bytes.size(), bytes));
  }

  synchronized void gap(Stream stream, long from, long to) {
    add(new Hole(stream, from, to));
  }

  synchronized void end(Stream stream, long offset) {
    add(new End(stream, offset));
  }

  private void add(Item item) {
    if (!started) {
      // Many commands say nothing: they need no thread.
      started = true;
      thread.start();
    }
    queue.add(item);
    notifyAll();
  }

  /** Waits until all that was given is written. */
  void finish() throws InterruptedException {
    synchronized (this) {
      ending = true;
      notifyAll();
    }
    thread.join(); // At once if it never started.
    synchronized (this) {
      if (failure != null) {
        throw failure;
      }
    }
  }

  /** Drops what isn't written. A write that blocks is left to itself: the thread is a daemon. */
  @Override
  public synchronized void close() {
    ending = true;
    queue.clear();
    notifyAll();
  }

  private void run() {
    try {
      for (Item item = take(); item != null; item = take()) {
        switch (item) {
          case Data data -> write(data);
          case Hole hole -> tell(hole);
          case End end -> tell(end);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Item take() throws InterruptedException {
    while (queue.isEmpty() && !ending) {
      wait();
    }
    return queue.poll();
  }

  private void write(Data data) {
    if (refused.contains(data.stream())) {
      return;
    }
    try {
      sink.write(data.stream(), data.offset(), data.bytes());
      progress.written(data.stream(), data.offset() + data.bytes().size());
    } catch (IOException e) {
      refuse(data.stream(), e);
    } catch (RuntimeException e) {
      fail(data.stream(), e);
    }
  }

  private void tell(Hole hole) {
    try {
      if (!refused.contains(hole.stream())) {
        sink.gap(hole.stream(), hole.from(), hole.to());
      }
      progress.written(hole.stream(), hole.to());
    } catch (RuntimeException e) {
      fail(hole.stream(), e);
    }
  }

  private void tell(End end) {
    if (refused.contains(end.stream())) {
      return;
    }
    try {
      sink.end(end.stream(), end.offset());
    } catch (IOException e) {
      refuse(end.stream(), e);
    } catch (RuntimeException e) {
      fail(end.stream(), e);
    }
  }

  private void fail(Stream stream, RuntimeException why) {
    synchronized (this) {
      failure = why;
    }
    refuse(stream, new IOException(why));
  }

  private void refuse(Stream stream, IOException why) {
    refused.add(stream);
    progress.refused(stream, why);
  }
}
