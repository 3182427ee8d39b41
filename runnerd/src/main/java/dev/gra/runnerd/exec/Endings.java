package dev.gra.runnerd.exec;

import dev.gra.v1.Ended;
import dev.gra.v1.Ending;
import dev.gra.v1.Exec;
import dev.gra.v1.OutOfMemory;
import dev.gra.v1.RunnerLost;
import dev.gra.v1.Start;
import dev.gra.v1.TraceContext;
import java.time.Instant;

/** What is written down of execs at their beginning, and of those whose end nobody saw. */
final class Endings {
  // By the standard; longer ones may be dropped.
  private static final int TRACESTATE_CHARACTERS = 512;
  private static final int TRACEPARENT_CHARACTERS = 200;

  /** What the journal keeps of a start. */
  static Exec recorded(Start start, Instant now) {
    return Exec.newBuilder()
        .setExecId(start.getExecId())
        .setRunner(Launch.cut(start.getRunner(), 100))
        .setRunnerUid(start.getRunnerUid())
        .setCommand(Launch.display(start))
        .setCreateTime(Times.timestamp(now))
        .setEnded(Ended.newBuilder().setTraceContext(kept(start.getTraceContext())))
        .build();
  }

  /** For a start or attach that means another runner. */
  static Ended anotherRunner() {
    return Ended.newBuilder()
        .setEnding(lost("the runner has another uid"))
        .setPartial(true)
        .build();
  }

  /** For an exec that was live when runnerd died. */
  static Ended restarted(Exec recorded, Spools spools) {
    Ended.Builder ended =
        Ended.newBuilder()
            .setEnding(lost("runnerd restarted"))
            .setStdout(Spools.totals(spools.stdout()))
            .setStderr(Spools.totals(spools.stderr()))
            .setStartTime(recorded.getCreateTime())
            .setPartial(true);
    TraceContext trace = recorded.getEnded().getTraceContext();
    if (!trace.equals(TraceContext.getDefaultInstance())) {
      ended.setTraceContext(trace);
    }
    return ended.build();
  }

  /** The same, if it was the kernel that ended the whole runner. */
  static Ended outOfMemory(Ended lost) {
    return lost.toBuilder()
        .setEnding(Ending.newBuilder().setOutOfMemory(OutOfMemory.getDefaultInstance()))
        .build();
  }

  private static Ending lost(String why) {
    return Ending.newBuilder().setRunnerLost(RunnerLost.newBuilder().setWhy(why)).build();
  }

  private static TraceContext kept(TraceContext trace) {
    TraceContext.Builder kept = TraceContext.newBuilder();
    if (trace.getTraceparent().length() <= TRACEPARENT_CHARACTERS) {
      kept.setTraceparent(trace.getTraceparent());
    }
    if (trace.getTracestate().length() <= TRACESTATE_CHARACTERS) {
      kept.setTracestate(trace.getTracestate());
    }
    return kept.build();
  }

  private Endings() {}
}
