package dev.gra.grad.status;

import dev.gra.grad.runner.Capabilities;
import dev.gra.grad.runner.Runner;
import dev.gra.grad.runner.RunnerUid;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All that a page shows, as it was at a moment.
 *
 * @param trouble why the runners aren't known, if they aren't
 * @param runners the newest first
 * @param answered the runners that told what runs in them
 * @param asked how many were to
 * @param execs that run, the newest first
 * @param endings the newest first
 */
record Overview(
    Viewer viewer,
    Capabilities capabilities,
    Instant started,
    Instant now,
    Optional<String> trouble,
    List<Runner> runners,
    Set<RunnerUid> answered,
    int asked,
    List<LiveExec> execs,
    List<PastExec> endings) {
  Overview {
    Objects.requireNonNull(viewer);
    Objects.requireNonNull(capabilities);
    Objects.requireNonNull(started);
    Objects.requireNonNull(now);
    Objects.requireNonNull(trouble);
    runners = List.copyOf(runners);
    answered = Set.copyOf(answered);
    execs = List.copyOf(execs);
    endings = List.copyOf(endings);
  }

  /** How many execs run, by runner. */
  Map<RunnerUid, Long> running() {
    return execs.stream()
        .collect(Collectors.groupingBy(exec -> exec.where().uid(), Collectors.counting()));
  }
}
