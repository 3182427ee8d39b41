package dev.gra.runnerd.exec;

import dev.gra.runnerd.process.Fds;
import dev.gra.runnerd.process.Handler;
import dev.gra.runnerd.process.Interest;
import dev.gra.runnerd.process.Reactor;
import dev.gra.runnerd.process.Watch;
import dev.gra.runnerd.spool.Spool;
import dev.gra.runnerd.spool.SpoolFailure;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Moves one output stream of a running command from its pipe into its spool. */
final class Output implements Handler {
  /** Told what happens. */
  interface Listener {
    /** The spool holds more. */
    void appended();

    /** The stream has ended, or it reads again after a pause for want of room. */
    void moved();

    /** The command has closed it, and all of it is in the spool. */
    void atEnd();

    /** The output can't be kept. */
    void broken(String why);
  }

  // So much a turn, that one loud command doesn't hold up the others.
  private static final int READS_A_TURN = 4;
  // More than a pipe holds; not without end, as a process that got away may go on writing.
  private static final int READS_A_DRAIN = 32;

  private final Spool spool;
  private final ByteBuffer buffer;
  private final Listener listener;
  private final Watch watch;
  private boolean ended;
  private boolean full;

  /**
   * Begins to read.
   *
   * @param fd the pipe's read end, closed by this
   * @param buffer direct, shared by all outputs of the reactor
   */
  Output(Reactor reactor, int fd, Spool spool, ByteBuffer buffer, Listener listener) {
    this.spool = spool;
    this.buffer = buffer;
    this.listener = listener;
    this.watch = reactor.watch(fd, this);
    watch.interest(Interest.READ);
  }

  /** Whether nothing more will come. */
  boolean ended() {
    return ended;
  }

  /** Whether it waits for room in the spool; there may be more in the pipe. */
  boolean full() {
    return full && !ended;
  }

  /** The spool may have room now. */
  void roomMade() {
    if (full() && spool.room() > 0) {
      full = false;
      watch.interest(Interest.READ);
      listener.moved();
    }
  }

  /** Reads what the pipe holds now, all of it unless the spool is full or fails. */
  void drain() throws IOException {
    read(READS_A_DRAIN);
  }

  /** Closes the pipe: the command's next write fails. */
  void close() {
    if (!ended) {
      ended = true;
      watch.close();
    }
  }

  @Override
  public void ready(int events) throws IOException {
    read(READS_A_TURN);
    if (ended) {
      listener.moved();
    }
  }

  @Override
  public void failed(Throwable cause) {
    close();
    listener.broken("reading its output failed: " + cause);
    listener.moved();
  }

  private void read(int most) throws IOException {
    boolean more = true;
    for (int i = 0; more && i < most && !ended && !full; i++) {
      more = step();
    }
  }

  /** One read; false if the pipe was empty. */
  private boolean step() throws IOException {
    long room = spool.room();
    if (room <= 0) {
      full = true;
      watch.interest(Interest.NONE);
      return false;
    }
    buffer.clear().limit((int) Math.min(buffer.capacity(), room));
    int count = Fds.read(watch.fd(), buffer);
    switch (count) {
      case Fds.WOULD_BLOCK -> {
        return false;
      }
      case Fds.CLOSED -> {
        close();
        listener.atEnd();
      }
      default -> append();
    }
    return true;
  }

  private void append() {
    buffer.flip();
    try {
      spool.append(buffer);
      listener.appended();
    } catch (SpoolFailure e) {
      close();
      listener.appended();
      listener.broken(e.getMessage());
    }
  }
}
