package dev.gra.grad.local;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** No isolation: commands may do all that grad may. Chosen by name only. */
record Unisolated(LocalSettings settings, Sockets sockets) implements Isolation {

  @Override
  public String label() {
    return "none";
  }

  @Override
  public Command command(RunnerRecord runner, RunnerDirectory directory) throws IOException {
    var argv = new java.util.ArrayList<String>();
    argv.add(settings.runnerd().resolve("bin/runnerd").toString());
    argv.addAll(
        RunnerdArguments.of(
            runner,
            sockets.reach(directory).toString(),
            directory.state().toString(),
            directory.workspace().toString(),
            settings.runnerdArguments()));
    var own = new RunnerEnvironment(settings.environment());
    var variables =
        own.variables(
            runner.uid(), own.user(), directory.home().toString(), directory.tmp().toString());
    variables.put("PATH", own.path());
    variables.putAll(
        LocalDatasets.prepare(
            runner.spec().datasets(),
            directory,
            directory.aws().toString(),
            Secrets.of(settings.stateDirectory())));
    return new Command(argv, variables);
  }

  @Override
  public Optional<ProcessIdentity> root(RunnerDirectory directory, long started) {
    return ProcessIdentity.of(started);
  }

  @Override
  public List<ProcessIdentity> runnerd(ProcessIdentity root) {
    return List.of(root);
  }
}
