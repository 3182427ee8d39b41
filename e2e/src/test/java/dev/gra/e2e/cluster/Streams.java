package dev.gra.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gra.v1.Runner;
import dev.gra.v1.Start;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Commands that write random bytes for some seconds, while something happens to gra. */
final class Streams implements AutoCloseable {
  private static final int CHUNKS = 60;
  private static final long BYTES = CHUNKS * 65_536L;

  /** Says that it ran, then writes to stdout what it keeps in a file. */
  private static final String PROGRAM =
      """
      import os, sys, time
      name = sys.argv[1]
      with open(name + ".count", "a") as count:
          count.write("ran\\n")
      with open(name + ".data", "wb") as kept:
          for _ in range(%d):
              chunk = os.urandom(65536)
              kept.write(chunk)
              sys.stdout.buffer.write(chunk)
              sys.stdout.flush()
              time.sleep(0.2)
      """
          .formatted(CHUNKS);

  private record One(Runner runner, String name, Future<DeployedGra.Run> run) {}

  private final DeployedGra gra;
  private final CountDownLatch underWay;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<One> all = new ArrayList<>();

  Streams(DeployedGra gra, List<Runner> runners, int count) {
    this.gra = gra;
    this.underWay = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      Runner runner = runners.get(i % runners.size());
      String name = "stream-" + i;
      Start start = DeployedGra.start(runner, "python3", "-c", PROGRAM, name).build();
      all.add(new One(runner, name, threads.submit(() -> gra.run(start, underWay::countDown))));
    }
  }

  /** Waits until each has written something. */
  void awaitUnderWay() throws InterruptedException {
    assertThat(underWay.await(2, TimeUnit.MINUTES)).as("all streams are under way").isTrue();
  }

  boolean anyOver() {
    return all.stream().anyMatch(one -> one.run().isDone());
  }

  /** Each ran once, to its end, and all its bytes came. */
  void verify() throws Exception {
    for (One one : all) {
      DeployedGra.Run run = one.run().get(3, TimeUnit.MINUTES);
      assertThat(run.ended().getEnding().getExited().getCode()).as(one.name()).isZero();
      assertThat(run.ended().getEnding().hasExited()).as(run.ended().toString()).isTrue();
      assertThat(run.stdout().size()).isEqualTo(BYTES);
      String sum =
          HexFormat.of()
              .formatHex(MessageDigest.getInstance("SHA-256").digest(run.stdout().toByteArray()));
      assertThat(
              gra.sh(one.runner(), "sha256sum <%1$s.data; wc -l <%1$s.count".formatted(one.name()))
                  .text())
          .isEqualTo(sum + "  -\n1\n");
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
