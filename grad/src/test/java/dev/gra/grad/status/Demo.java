package dev.gra.grad.status;

import dev.gra.grad.runner.Capabilities;
import dev.gra.grad.runner.Datasets;
import dev.gra.grad.runner.IdleTimeout;
import dev.gra.grad.runner.Labels;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Preset;
import dev.gra.grad.runner.Runner;
import dev.gra.grad.runner.RunnerName;
import dev.gra.grad.runner.RunnerSpec;
import dev.gra.grad.runner.RunnerState;
import dev.gra.grad.runner.RunnerUid;
import dev.gra.v1.Cancelled;
import dev.gra.v1.Ending;
import dev.gra.v1.Exited;
import dev.gra.v1.OutOfMemory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Overviews of what never was, always the same. */
final class Demo {
  static final Instant NOW = Instant.parse("2026-11-23T16:40:12Z");
  static final Viewer ANNA = new Viewer(new Owner("anna"), false);
  static final Viewer OLGA = new Viewer(new Owner("olga"), true);
  static final TraceUrl TRACES = new TraceUrl("http://localhost:16686/trace/{trace}");

  private Demo() {}

  static Overview empty() {
    return overview(ANNA, List.of(), List.of(), List.of());
  }

  /** An afternoon's. */
  static Overview some() {
    List<Runner> runners =
        List.of(
            runner(2, "bert", "etl-nightly", RunnerState.CREATING, "PT9S", Preset.LARGE),
            runner(1, "anna", "gra-3f9c1e", RunnerState.READY, "PT4M", Preset.MEDIUM),
            runner(3, "anna", "penguins", RunnerState.READY, "PT1H12M", Preset.SMALL),
            runner(4, "carla", "notebooks", RunnerState.READY, "PT3H40M", Preset.LARGE),
            runner(5, "bert", "scratch", RunnerState.FINISHED, "PT26H", Preset.SMALL));
    List<LiveExec> execs =
        List.of(
            live(runners.get(2), "sha256sum", "PT3S", 734_003_200, 0, 0),
            live(runners.get(1), "python3 train.py --epochs 20", "PT41S", 0, 1_482_113, 20_480),
            live(runners.get(3), "jupyter lab --no-browser", "PT2H8M", 0, 88_064, 391_204));
    List<PastExec> endings =
        List.of(
            past(runners.get(2), "python3 -u summary.py", exited(0), "PT2S", "PT0.412S", 2_214),
            past(runners.get(1), "pytest -q", exited(1), "PT51S", "PT12.8S", 18_022),
            past(runners.get(3), "duckdb flights.db", outOfMemory(), "PT7M", "PT94S", 512),
            past(runners.get(2), "sleep 600", cancelled(), "PT31M", "PT4M2S", 0));
    return overview(OLGA, runners, execs, endings);
  }

  static Overview many(int count) {
    List<RunnerState> states = List.of(RunnerState.values());
    List<Runner> runners =
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    runner(
                        i,
                        "system:serviceaccount:team-" + i % 40 + ":agent-" + i % 7,
                        "workspace-" + i,
                        i % 10 < 8 ? RunnerState.READY : states.get(i % states.size()),
                        "PT" + (i + 1) + "M",
                        i % 3 == 0 ? Preset.MEDIUM : Preset.SMALL))
            .toList();
    List<LiveExec> execs = new ArrayList<>();
    for (int i = 0; i < Math.min(40, count); i++) {
      execs.add(live(runners.get(i), "python3 job-" + i + ".py", "PT" + i + "S", i, i * 999L, i));
    }
    List<PastExec> endings =
        IntStream.range(0, RecentEndings.MOST)
            .mapToObj(
                i ->
                    past(
                        runners.get(i), "make check", exited(i % 9 / 8), "PT5M", "PT3S", 4096L * i))
            .toList();
    return overview(OLGA, runners, execs, endings);
  }

  /** Everything that others name, named by an attacker. */
  static Overview hostile(String name) {
    Runner runner = runner(1, name, "r", RunnerState.FAILED, "PT1M", Preset.SMALL);
    Where where = new Where(runner.owner(), runner.name(), runner.uid(), name);
    LiveExec live =
        new LiveExec(
            where,
            name,
            Optional.of(new LiveExec.Client(name, name + name)),
            NOW,
            OptionalLong.empty(),
            1,
            2,
            name);
    PastExec past = new PastExec(where, name, exited(3), Duration.ZERO, 1, 2, NOW, name);
    Viewer viewer = new Viewer(new Owner(name), true);
    return new Overview(
        viewer,
        new Capabilities(name, name, true, true, true, true),
        NOW,
        NOW,
        Optional.of(name),
        List.of(withMessage(runner, name)),
        Set.of(),
        1,
        List.of(live),
        List.of(past));
  }

  private static Overview overview(
      Viewer viewer, List<Runner> runners, List<LiveExec> execs, List<PastExec> endings) {
    Set<RunnerUid> answered =
        runners.stream()
            .filter(runner -> runner.state() == RunnerState.READY)
            .limit(Lookout.ASKED)
            .map(Runner::uid)
            .collect(Collectors.toSet());
    return new Overview(
        viewer,
        new Capabilities("local", "bubblewrap", true, true, false, true),
        NOW.minus(Duration.ofMinutes(322)),
        NOW,
        Optional.empty(),
        runners,
        answered,
        answered.size(),
        execs,
        endings);
  }

  private static Runner runner(
      int number, String owner, String name, RunnerState state, String age, Preset preset) {
    return new Runner(
        new Owner(owner),
        new RunnerName(name),
        new RunnerUid("00000000-0000-4000-8000-%012d".formatted(number)),
        new Labels(Map.of()),
        new RunnerSpec(
            preset,
            "",
            preset.cpuMillis(),
            preset.memoryBytes(),
            IdleTimeout.after(Duration.ofMinutes(60)),
            Datasets.NONE),
        state,
        "",
        NOW.minus(Duration.parse(age)));
  }

  private static Runner withMessage(Runner runner, String message) {
    return new Runner(
        runner.owner(),
        runner.name(),
        runner.uid(),
        runner.labels(),
        runner.spec(),
        runner.state(),
        message,
        runner.created());
  }

  private static LiveExec live(
      Runner runner, String command, String age, long stdin, long stdout, long stderr) {
    return new LiveExec(
        new Where(runner.owner(), runner.name(), runner.uid(), id(command)),
        command,
        Optional.of(new LiveExec.Client("127.0.0.1", runner.owner().subject())),
        NOW.minus(Duration.parse(age)),
        OptionalLong.of(stdin),
        stdout,
        stderr,
        trace(command));
  }

  private static PastExec past(
      Runner runner, String command, Ending ending, String ago, String took, long stdout) {
    return new PastExec(
        new Where(runner.owner(), runner.name(), runner.uid(), id(command)),
        command,
        ending,
        Duration.parse(took),
        stdout,
        0,
        NOW.minus(Duration.parse(ago)),
        trace(command));
  }

  private static String id(String command) {
    String digits = trace(command);
    return "%s-%s-4%s-8%s-%s"
        .formatted(
            digits.substring(0, 8),
            digits.substring(8, 12),
            digits.substring(12, 15),
            digits.substring(15, 18),
            digits.substring(18, 30));
  }

  private static String trace(String seed) {
    long hash = seed.hashCode() * 0x9E3779B97F4A7C15L;
    return "%016x%016x".formatted(hash, hash * 0xD1B54A32D192ED03L);
  }

  private static Ending exited(int code) {
    return Ending.newBuilder().setExited(Exited.newBuilder().setCode(code)).build();
  }

  private static Ending outOfMemory() {
    return Ending.newBuilder().setOutOfMemory(OutOfMemory.getDefaultInstance()).build();
  }

  private static Ending cancelled() {
    return Ending.newBuilder().setCancelled(Cancelled.newBuilder().setBy("anna")).build();
  }
}
