package bench;

import com.google.protobuf.ByteString;
import dev.gra.client.ExecOptions;
import dev.gra.client.ExecOutcome;
import dev.gra.client.GraClient;
import dev.gra.client.OutputSink;
import dev.gra.v1.EnsureRunnerRequest;
import dev.gra.v1.Runner;
import dev.gra.v1.Start;
import dev.gra.v1.Stream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runners and execs, as a client of gra has them. */
public final class Load {
  private final GraClient client;

  public Load(GraClient client) {
    this.client = client;
  }

  public Runner ensure(String name) {
    return client
        .runners()
        .ensure(EnsureRunnerRequest.newBuilder().setName(name).build(), stage -> {})
        .runner();
  }

  public static Start start(Runner runner, String... argv) {
    return Start.newBuilder()
        .setExecId(UUID.randomUUID().toString())
        .setRunner(runner.getName())
        .setRunnerUid(runner.getUid())
        .addAllArgv(List.of(argv))
        .build();
  }

  /** Runs `true`: how long it took in ms, or NaN if it ended as it must not. */
  public double timeOfTrue(Runner runner) throws Exception {
    long begin = System.nanoTime();
    return Double.isNaN(bytes(start(runner, "true"))) ? Double.NaN : Machine.since(begin);
  }

  /** How many bytes it wrote, which the client checked; NaN if it failed. */
  public double bytes(Start start) throws Exception {
    Count count = new Count();
    return exited(client.exec(start, ExecOptions.to(count)).run()) ? count.bytes : Double.NaN;
  }

  public void run(Runner runner, String... argv) throws Exception {
    if (Double.isNaN(bytes(start(runner, argv)))) {
      throw new IOException(String.join(" ", argv) + " failed");
    }
  }

  public static <T> List<T> inParallel(int atOnce, int count, Callable<T> work) throws Exception {
    List<T> results = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(atOnce)) {
      List<Future<T>> futures = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        futures.add(pool.submit(work));
      }
      for (Future<T> future : futures) {
        results.add(future.get());
      }
    }
    return results;
  }

  private static final class Count implements OutputSink {
    private long bytes;

    @Override
    public void write(Stream stream, long offset, ByteString data) {
      bytes += data.size();
    }

    @Override
    public void gap(Stream stream, long from, long to) {
      throw new IllegalStateException("a gap in " + stream);
    }
  }

  private static boolean exited(ExecOutcome outcome) {
    return outcome instanceof ExecOutcome.Finished finished
        && finished.ended().getEnding().hasExited()
        && finished.ended().getEnding().getExited().getCode() == 0;
  }
}
