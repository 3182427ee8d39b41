package dev.gra.grad.status;

import dev.gra.grad.exec.Attached;
import dev.gra.grad.exec.Execs;
import dev.gra.grad.runner.Runner;
import dev.gra.grad.runner.RunnerException;
import dev.gra.grad.runner.RunnerRuntime;
import dev.gra.grad.runner.RunnerState;
import dev.gra.grad.runner.RunnerUid;
import dev.gra.v1.Exec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gathers what a viewer may see. */
final class Lookout implements AutoCloseable {
  /** Each of them costs a link for as long as somebody looks. */
  static final int ASKED = 50;

  private static final Duration PATIENCE = Duration.ofMillis(800);
  private static final Comparator<Runner> NEWEST_FIRST =
      Comparator.comparing(Runner::created).reversed().thenComparing(Runner::name);

  private final RunnerRuntime runtime;
  private final Execs execs;
  private final RecentEndings endings;
  private final Commands commands;
  private final Asking asking;
  private final Instant started = Instant.now();

  Lookout(RunnerRuntime runtime, Execs execs, RecentEndings endings, Commands commands) {
    this.runtime = runtime;
    this.execs = execs;
    this.endings = endings;
    this.commands = commands;
    this.asking = new Asking(execs::running);
  }

  Overview overview(Viewer viewer) {
    List<Runner> runners = List.of();
    Optional<String> trouble = Optional.empty();
    try {
      List<Runner> all = viewer.admin() ? runtime.listAll() : runtime.list(viewer.self());
      runners = all.stream().sorted(NEWEST_FIRST).toList();
    } catch (RunnerException e) {
      trouble = Optional.of(String.valueOf(e.getMessage()));
    }
    List<Runner> asked =
        runners.stream()
            .filter(runner -> runner.state() == RunnerState.READY)
            .limit(ASKED)
            .toList();
    Map<RunnerUid, List<Exec>> answers = asking.answers(asked, PATIENCE);
    return new Overview(
        viewer,
        runtime.capabilities(),
        started,
        Instant.now(),
        trouble,
        runners,
        answers.keySet(),
        asked.size(),
        running(viewer, asked, answers),
        endings.seenBy(viewer));
  }

  @Override
  public void close() {
    asking.close();
  }

  /** What the runners told, and of those that told nothing what this grad knows by itself. */
  private List<LiveExec> running(
      Viewer viewer, List<Runner> asked, Map<RunnerUid, List<Exec>> answers) {
    Map<Where, Attached> attached = new HashMap<>();
    for (Attached each : execs.attached()) {
      if (viewer.sees(each.opening().origin().owner())) {
        attached.merge(Where.of(each.opening()), each, Lookout::writerOf);
      }
    }
    List<LiveExec> running = new ArrayList<>();
    for (Runner runner : asked) {
      for (Exec exec : answers.getOrDefault(runner.uid(), List.of())) {
        Where where = new Where(runner.owner(), runner.name(), runner.uid(), exec.getExecId());
        Optional<Attached> mine = Optional.ofNullable(attached.get(where));
        running.add(LiveExec.of(runner, exec, mine, commands));
      }
    }
    attached.forEach(
        (where, each) -> {
          if (!answers.containsKey(where.uid()) && !each.ended()) {
            running.add(LiveExec.of(each, commands));
          }
        });
    running.sort(Comparator.comparing(LiveExec::since).reversed());
    return running;
  }

  private static Attached writerOf(Attached one, Attached another) {
    return another.opening().writer() ? another : one;
  }
}
