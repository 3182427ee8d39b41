package dev.gra.grad.local;

import static dev.gra.grad.local.LocalBench.sh;

import dev.gra.grad.runner.EnsureRequest;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Runner;
import dev.gra.grad.runner.RunnerRuntime;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A local runtime over a directory of the test's own, and a proof that it leaves nothing. */
abstract class LocalRuntimeFixture {
  static final Owner ALICE = new Owner("alice");
  static final Duration PATIENCE = Duration.ofSeconds(30);

  LocalBench bench;
  LocalRuntime runtime;

  @BeforeEach
  void openRuntime() throws IOException {
    use(new LocalBench(IsolationChoice.BUBBLEWRAP));
  }

  final void use(LocalBench next) throws IOException {
    if (bench != null) {
      deleteAllAndClose();
    }
    bench = next;
    runtime = bench.open();
  }

  final void reopen() {
    runtime.close();
    runtime = bench.open();
  }

  @AfterEach
  void deleteAllAndClose() throws IOException {
    for (var runner : runtime.list(ALICE)) {
      runtime.delete(ALICE, runner.name(), Optional.empty());
    }
    runtime.close();
    bench.assertNothingLeft();
    bench.close();
  }

  final Runner ensure(String name) {
    return ensure(runtime, name);
  }

  static Runner ensure(RunnerRuntime runtime, String name) {
    return runtime.ensure(ALICE, EnsureRequest.named(name), _ -> {}).runner();
  }

  static String incarnation(RunnerRuntime runtime, Runner runner) throws IOException {
    return sh(runtime, runner, "tail -1 /run/gra/state/started");
  }
}
