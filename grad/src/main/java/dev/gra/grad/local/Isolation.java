package dev.gra.grad.local;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a runnerd and its commands are kept in. */
sealed interface Isolation permits Bubblewrap, Unisolated {
  /** As in a runner's record and in grad.properties. */
  String label();

  /** The command that becomes the runner's runnerd. It must be started in a session of its own. */
  Command command(RunnerRecord runner, RunnerDirectory directory) throws IOException;

  /** The process whose end is the end of all that runs in the runner, once runnerd is up. */
  Optional<ProcessIdentity> root(RunnerDirectory directory, long started) throws IOException;

  /** Of {@code root}, the runnerd, which a SIGTERM ends in good order. */
  List<ProcessIdentity> runnerd(ProcessIdentity root);

  /** A program with all that it gets. */
  record Command(List<String> argv, Map<String, String> environment) {
    public Command {
      argv = List.copyOf(argv);
      environment = Map.copyOf(environment);
    }
  }
}
