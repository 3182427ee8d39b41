package dev.gra.client;

import dev.gra.v1.ExecResponse;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * What connections tell an exec's host, in order. The transport tells it while it holds its own
 * lock, and the host sends while it holds the host's: to take the host's lock here would deadlock.
 * So it is only queued; as many frames wait at most as connections ask for ahead.
 */
final class Inbox implements ExecConnection.Host {
  /** Something to deal with. */
  sealed interface Item {}

  /** A frame came. */
  record Frame(ExecConnection from, ExecResponse response) implements Item {}

  /** A call is over; {@code why} is null if in good order. */
  record CallOver(ExecConnection from, GraException why) implements Item {}

  /** Something changed on this side. */
  record Wake() implements Item {}

  private static final Wake WAKE = new Wake();

  private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();

  @Override
  public void frame(ExecConnection from, ExecResponse response) {
    items.add(new Frame(from, response));
  }

  @Override
  public void over(ExecConnection from, GraException why) {
    items.add(new CallOver(from, why));
  }

  void wake() {
    items.add(WAKE);
  }

  /** The next one; a {@link Wake} if none comes in time. */
  Item next(long nanos) throws InterruptedException {
    Item item = items.poll(nanos, TimeUnit.NANOSECONDS);
    return item == null ? WAKE : item;
  }
}
