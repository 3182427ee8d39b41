package dev.gra.grad.local;

import dev.gra.grad.runner.Runner;
import dev.gra.grad.runner.RunnerRuntime;
import dev.gra.grad.runner.RunnerRuntimeContract;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** The contract, over the local runtime with one isolation. */
abstract class LocalRuntimeContract extends RunnerRuntimeContract {
  private final LocalBench bench;

  LocalRuntimeContract(IsolationChoice isolation) throws IOException {
    bench = new LocalBench(isolation);
  }

  @Override
  protected void cleanUp() throws IOException {
    bench.close();
  }

  @Override
  protected RunnerRuntime open() {
    return bench.open();
  }

  @Override
  protected void killRunnerd(Runner runner) {
    bench.killRunnerd(runner);
  }

  @Override
  protected void putIntoWorkspace(Runner runner, String file) throws IOException {
    Files.createFile(bench.directory(runner).workspace().resolve(file));
  }

  @Override
  protected List<String> workspace(Runner runner) throws IOException {
    try (var files = Files.list(bench.directory(runner).workspace())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Override
  protected void assertNothingLeft() throws IOException {
    bench.assertNothingLeft();
  }
}
