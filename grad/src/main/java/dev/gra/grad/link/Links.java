package dev.gra.grad.link;

import dev.gra.grad.telemetry.Recent;
import dev.gra.link.v1.LinkRequest;
import dev.gra.link.v1.LinkResponse;
import dev.gra.v1.ExecRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Stream;

/** All links, one a runner, opened at the first need and closed when idle. */
public final class Links implements AutoCloseable {
  private static final int TRIES = 3;
  private static final int REMEMBERED = 10_000;

  private final LinkSettings settings;
  private final Map<String, CompletableFuture<Link>> links = new ConcurrentHashMap<>();
  private final Recent broken = new Recent(REMEMBERED);
  private final LongAdder opened = new LongAdder();
  private final LongAdder reopened = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final Future<?> ticking;
  private volatile boolean closed;

  /**
   * @param scheduler gives signs of life and sees to time-outs
   */
  public Links(LinkSettings settings, ScheduledExecutorService scheduler) {
    this.settings = settings;
    long period = Math.clamp(settings.ping().toMillis() / 10, 10, 1_000);
    this.ticking =
        scheduler.scheduleWithFixedDelay(this::tick, period, period, TimeUnit.MILLISECONDS);
  }

  /**
   * A channel for an attachment, over the runner's link.
   *
   * @param way to the runner, if there is no link
   * @throws LinkException if there is no link to be had
   */
  public Channel attach(String runnerUid, Way way, ExecRequest opening, ChannelListener listener) {
    return on(runnerUid, way, link -> link.attach(opening, listener));
  }

  /**
   * Makes a call over the runner's link.
   *
   * @throws LinkException also if runnerd refuses
   */
  public LinkResponse call(
      String runnerUid, Way way, LinkRequest.Builder request, Duration atMost) {
    return on(runnerUid, way, link -> link.call(request, atMost));
  }

  /** How many links there are. */
  public int size() {
    return links.size();
  }

  /** How many there were. */
  public long opened() {
    return opened.sum();
  }

  /** How many of these were opened after the one before, to the same runner, had broken. */
  public long reopened() {
    return reopened.sum();
  }

  /** How often a link could not be opened. */
  public long failed() {
    return failed.sum();
  }

  /** Closes all links; what runs in the runners goes on. */
  @Override
  public void close() {
    closed = true;
    ticking.cancel(false);
    links.values().stream().flatMap(Links::open).forEach(Link::close);
  }

  /** A link may end between being found and being used: then another one is opened. */
  private <T> T on(String runnerUid, Way way, Function<Link, Optional<T>> use) {
    for (int i = 0; i < TRIES; i++) {
      Optional<T> result = use.apply(link(runnerUid, way));
      if (result.isPresent()) {
        return result.get();
      }
    }
    throw new LinkFailure.Broken("it ends as soon as it is open").exception();
  }

  private Link link(String runnerUid, Way way) {
    CompletableFuture<Link> mine = new CompletableFuture<>();
    CompletableFuture<Link> found = links.putIfAbsent(runnerUid, mine);
    if (found != null) {
      return await(found);
    }
    try {
      if (closed) {
        throw new LinkFailure.Broken("the server is going down").exception();
      }
      Link link = Link.open(runnerUid, way, settings, why -> ended(runnerUid, mine, why));
      opened.increment();
      if (broken.remove(runnerUid)) {
        reopened.increment();
      }
      mine.complete(link);
      return link;
    } catch (RuntimeException | Error e) {
      failed.increment();
      links.remove(runnerUid, mine);
      mine.completeExceptionally(e);
      throw e;
    }
  }

  private void ended(String runnerUid, CompletableFuture<Link> link, Link.End why) {
    // Before its place is free for the next one. One that isn't done broke before it was open.
    if (why == Link.End.BROKEN && link.isDone()) {
      broken.add(runnerUid);
    }
    links.remove(runnerUid, link);
  }

  private static Link await(CompletableFuture<Link> link) {
    try {
      return link.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private void tick() {
    links.values().stream().flatMap(Links::open).forEach(Link::tick);
  }

  private static Stream<Link> open(CompletableFuture<Link> link) {
    return link.isDone() && !link.isCompletedExceptionally()
        ? Stream.of(link.join())
        : Stream.empty();
  }
}
