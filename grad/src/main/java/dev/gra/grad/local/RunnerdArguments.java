package dev.gra.grad.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** runnerd's command line. */
final class RunnerdArguments {
  private RunnerdArguments() {}

  static List<String> of(
      RunnerRecord runner, String socket, String state, String workspace, List<String> more) {
    var arguments = new ArrayList<String>();
    arguments.addAll(List.of("--socket", socket, "--state", state, "--workspace", workspace));
    arguments.addAll(List.of("--runner-uid", runner.uid().value()));
    arguments.addAll(List.of("--idle-timeout", idleTimeout(runner)));
    arguments.addAll(more);
    return arguments;
  }

  private static String idleTimeout(RunnerRecord runner) {
    return runner
        .spec()
        .idleTimeout()
        .after()
        .map(Duration::toSeconds)
        .map(String::valueOf)
        .orElse("never");
  }
}
