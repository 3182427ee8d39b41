package dev.gra.runnerd.exec;

import dev.gra.runnerd.journal.ExecRecord;
import dev.gra.runnerd.journal.Journal;
import dev.gra.runnerd.log.Log;
import dev.gra.runnerd.process.ProcessTree;
import dev.gra.runnerd.process.Signals;
import dev.gra.runnerd.process.Stray;
import dev.gra.runnerd.spool.Spool;
import dev.gra.runnerd.spool.SpoolRetention;
import dev.gra.v1.Ended;
import dev.gra.v1.Stream;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * After a restart: execs without an ending are lost, what is left of their processes is killed, and
 * what was spooled can still be read.
 */
final class Recovery {
  private record Recovered(Exec exec, Instant endTime) {}

  private final Host host;
  private final Settings settings;
  private final Journal journal;
  private final Registry registry;
  private final SpoolRetention retention;
  private final Exec.Keeper keeper;
  private final InstantSource clock;

  Recovery(
      Host host,
      Settings settings,
      Journal journal,
      Registry registry,
      SpoolRetention retention,
      Exec.Keeper keeper,
      InstantSource clock) {
    this.host = host;
    this.settings = settings;
    this.journal = journal;
    this.registry = registry;
    this.retention = retention;
    this.keeper = keeper;
    this.clock = clock;
  }

  /** Answers those that are lost. */
  List<Exec> recover(List<ExecRecord> records) throws IOException {
    List<Exec> lost = new ArrayList<>();
    Set<Long> marks = new HashSet<>();
    List<Recovered> recovered = new ArrayList<>();
    for (ExecRecord record :
        records.stream().sorted(Comparator.comparing(Recovery::created)).toList()) {
      Recovered one = recover(record);
      recovered.add(one);
      if (record.ended().isEmpty()) {
        marks.add(Host.mark(record));
        lost.add(one.exec());
      }
    }
    recovered.sort(Comparator.comparing(Recovered::endTime));
    for (Recovered each : recovered) {
      registry.ended(each.exec(), each.endTime());
      retention.ended(each.exec().id(), each.exec().spools().all(), each.exec()::inUse);
    }
    if (!marks.isEmpty()) {
      Log.warn(marks.size() + " execs were live when runnerd ended: they are lost");
      sweep(marks);
    }
    return lost;
  }

  private Recovered recover(ExecRecord record) throws IOException {
    Spools spools =
        new Spools(
            recovered(record, Stream.STREAM_STDOUT), recovered(record, Stream.STREAM_STDERR));
    Ended ended = record.ended().orElseGet(() -> lost(record, spools));
    Exec exec = Exec.ended(record, registry.nextSequence(created(record)), spools, keeper, ended);
    registry.add(exec);
    return new Recovered(
        exec, record.ended().map(end -> endTime(record, end)).orElseGet(clock::instant));
  }

  private Ended lost(ExecRecord record, Spools spools) {
    Ended ended = Endings.restarted(record.exec(), spools);
    journal.ended(record.id(), ended);
    return ended;
  }

  private Spool recovered(ExecRecord record, Stream stream) throws IOException {
    var file = host.spoolFile(record.id(), stream);
    if (record.ended().isEmpty()) {
      return Spool.recovered(file, settings.spoolBytes());
    }
    Ended ended = record.ended().get();
    long total =
        (stream == Stream.STREAM_STDOUT ? ended.getStdout() : ended.getStderr()).getBytes();
    return Spool.recovered(file, settings.spoolBytes(), total);
  }

  /**
   * Where the runner isn't a container or sandbox of its own, processes may have outlived the
   * former runnerd.
   */
  private void sweep(Set<Long> marks) {
    ProcessTree tree = host.run().tree();
    List<Stray> found = tree.sweep(marks, "GRA_RUNNER_UID=" + settings.runnerUid());
    found.forEach(stray -> tree.signal(stray, Signals.KILL));
    if (!found.isEmpty()) {
      Log.warn("killed what the former runnerd left behind: " + found);
    }
  }

  private static Instant created(ExecRecord record) {
    return Times.instant(record.exec().getCreateTime());
  }

  private static Instant endTime(ExecRecord record, Ended ended) {
    Instant started = ended.hasStartTime() ? Times.instant(ended.getStartTime()) : created(record);
    return started.plus(Times.duration(ended.getDuration()));
  }
}
