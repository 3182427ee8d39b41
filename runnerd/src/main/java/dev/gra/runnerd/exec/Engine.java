package dev.gra.runnerd.exec;

import com.google.protobuf.Timestamp;
import dev.gra.link.v1.LastEnd;
import dev.gra.link.v1.LinkError;
import dev.gra.protocol.Joining;
import dev.gra.runnerd.journal.ExecRecord;
import dev.gra.runnerd.journal.Journal;
import dev.gra.runnerd.journal.SpecHash;
import dev.gra.runnerd.log.Log;
import dev.gra.runnerd.process.Signals;
import dev.gra.runnerd.process.Stray;
import dev.gra.runnerd.process.Timer;
import dev.gra.runnerd.spool.SpoolRetention;
import dev.gra.v1.Attach;
import dev.gra.v1.Ended;
import dev.gra.v1.Start;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All execs of a runner. Everything here, and all that it leads to, runs on the reactor's thread;
 * only the journal's syncs don't.
 */
public final class Engine {
  /** Told when the engine's time is over. */
  public interface Owner {
    /** There was nothing to do for the idle time-out; nothing is started any more. */
    void idle();
  }

  private static final Duration HOUSEKEEPING = Duration.ofSeconds(10);
  private static final Duration LOOKS = Duration.ofSeconds(1);
  private static final Duration ENDING_WAITS = Duration.ofHours(1);

  private final Settings settings;
  private final Journal journal;
  private final InstantSource clock;
  private final Host host;
  private final Registry registry = new Registry();
  private final SpoolRetention retention;
  private final SpoolRetention lightRetention = new SpoolRetention(Light.ENDED_SPOOL_BYTES);
  private final Idleness idleness;
  private final Keeper keeper = new Keeper();
  private List<Exec> lost = List.of();
  private int attachments;
  private long lastKey;
  private boolean ending;
  private Timer housekeeping;
  private Timer look;

  /** To be made on the reactor's thread. */
  public Engine(Host host, Settings settings, Journal journal, InstantSource clock, Owner owner) {
    this.host = host;
    this.settings = settings;
    this.journal = journal;
    this.clock = clock;
    this.retention = new SpoolRetention(settings.limits().endedSpoolBytes());
    this.idleness =
        new Idleness(
            host.run().reactor(),
            settings.idleTimeout(),
            this::busy,
            () -> {
              ending = true;
              owner.idle();
            });
    keepHouse();
  }

  /**
   * Takes up what the journal holds of the time before; to be called once, before anything else.
   */
  public void recover(List<ExecRecord> records) throws IOException {
    lost =
        new Recovery(host, settings, journal, registry, retention, keeper, clock).recover(records);
    idleness.update();
  }

  /** When the newest exec began of those that were lost and nobody has explained yet. */
  public Optional<Timestamp> lostSince() {
    return lost.stream().map(Exec::created).max(Comparator.comparing(Times::instant));
  }

  /** What ended the runner under the lost execs. Who has heard of an ending isn't told another. */
  public void explainLost(LastEnd end) {
    if (end.getOutOfMemory()) {
      lost.stream()
          .filter(exec -> !exec.isTold())
          .forEach(
              exec -> {
                Ended ended = Endings.outOfMemory(exec.ending().orElseThrow());
                journal.ended(exec.id(), ended);
                exec.explained(ended);
              });
    }
    lost = List.of();
  }

  /** Starts a command, or joins the one that was started with this id before. */
  public Attached start(Start start, Client client) throws Refusal {
    StartRules.check(start);
    if (!start.getRunnerUid().equals(settings.runnerUid())) {
      return new Attached.Lost(Endings.anotherRunner());
    }
    SpecHash spec = SpecHash.of(start);
    Optional<Exec> known = registry.get(start.getExecId());
    if (known.isPresent()) {
      if (!known.get().spec().equals(spec)) {
        throw new Refusal(
            LinkError.Reason.REASON_EXEC_SPEC_CONFLICT,
            start.getExecId(),
            "exec " + start.getExecId() + " is there with another spec");
      }
      return attach(known.get(), client, Joining.again(start));
    }
    requireRoom(start.getLight());
    Exec exec = create(start, spec);
    return attach(exec, client, Joining.first(start));
  }

  /** Joins an exec. */
  public Attached attach(Attach attach, Client client) throws Refusal {
    if (!attach.getRunnerUid().equals(settings.runnerUid())) {
      return new Attached.Lost(Endings.anotherRunner());
    }
    return attach(get(attach.getExecId()), client, Joining.by(attach));
  }

  /** An exec. */
  public Exec get(String id) throws Refusal {
    StartRules.checkId(id);
    return registry.get(id).orElseThrow(() -> Refusal.notFound(id));
  }

  /** At most {@code count} execs older than {@code sequence}, newest first. */
  public List<Exec> before(long sequence, int count) {
    return registry.before(sequence, count);
  }

  /** How many execs live. */
  public int live() {
    return registry.live();
  }

  /** How many attachments there are. */
  public int attachments() {
    return attachments;
  }

  /** Starts nothing any more, and ends what runs; {@code live()} tells when it is done. */
  public void shutDown(String why) {
    ending = true;
    idleness.stop();
    for (Exec exec : registry.liveExecs()) {
      exec.life().ifPresent(life -> life.end(new Cause.Cancel(why)));
    }
  }

  /** Stops its clocks. */
  public void close() {
    idleness.stop();
    housekeeping.cancel();
    if (look != null) {
      look.cancel();
    }
  }

  private Exec create(Start start, SpecHash spec) throws Refusal {
    Instant now = clock.instant();
    ExecRecord record = new ExecRecord(Endings.recorded(start, now), spec, Optional.empty());
    long window = StdinWindow.of(start, registry.live());
    long sequence = registry.nextSequence(now);
    Exec exec = host.live(settings, start, window, record, sequence, keeper, this::ended);
    if (start.getLight()) {
      host.run().reactor().post(() -> begin(exec));
    } else {
      journalStart(exec, record);
    }
    registry.add(exec);
    idleness.update();
    watchOver();
    return exec;
  }

  private void journalStart(Exec exec, ExecRecord record) throws Refusal {
    boolean accepted =
        journal.start(
            record,
            new Journal.StartListener() {
              @Override
              public void durable() {
                begin(exec);
              }

              @Override
              public void failed(IOException why) {
                notJournalled(exec, why);
              }
            });
    if (!accepted) {
      throw Refusal.limit("journal", "too many starts are waiting for the journal");
    }
  }

  private static void begin(Exec exec) {
    exec.open();
    exec.life().ifPresent(Life::spawn);
  }

  private void notJournalled(Exec exec, IOException why) {
    Log.warn("exec " + exec.id() + " can't be journalled: " + why);
    registry.remove(exec);
    exec.failed(
        new Refusal(
                LinkError.Reason.REASON_JOURNAL,
                exec.id(),
                "the journal can't be written, nothing was started: " + why.getMessage())
            .error());
    idleness.update();
  }

  private Attached attach(Exec exec, Client client, Joining joining) throws Refusal {
    if (attachments >= settings.limits().attachments()) {
      throw Refusal.limit("attachments", "there are " + attachments + " attachments");
    }
    long key = ++lastKey;
    exec.attach(key, client, joining);
    return new Attached.To(exec, key);
  }

  private void requireRoom(boolean light) throws Refusal {
    if (ending) {
      throw new Refusal(
          LinkError.Reason.REASON_ENDING, "", "the runner is ending and starts nothing");
    }
    if (registry.live() >= settings.limits().liveExecs()) {
      throw Refusal.limit("live_execs", registry.live() + " execs are live");
    }
    if (attachments >= settings.limits().attachments()) {
      throw Refusal.limit("attachments", "there are " + attachments + " attachments");
    }
    if (light) {
      requireLightRoom();
    } else if (registry.size() >= settings.limits().tombstones()
        && !forgetOldest(clock.instant().minus(ENDING_WAITS))) {
      throw Refusal.limit(
          "tombstones",
          registry.size() + " execs are remembered, none of which ended over 1 h ago");
    }
  }

  private void requireLightRoom() throws Refusal {
    if (registry.liveLight() >= Light.LIVE) {
      throw Refusal.limit("light_execs", registry.liveLight() + " light execs are live");
    }
    LightTombstones ended = registry.light();
    if (ended.size() >= Light.TOMBSTONES) {
      Exec dispensable =
          ended
              .dispensable()
              .orElseThrow(
                  () ->
                      Refusal.limit(
                          "light_execs", ended.size() + " ended ones wait for their clients"));
      forget(dispensable);
    }
  }

  private void ended(Exec exec, Ended ended) {
    if (!exec.isLight()) {
      journal.ended(exec.id(), ended);
    }
    exec.ended(ended);
    registry.ended(exec, clock.instant());
    try {
      retention(exec).ended(exec.id(), exec.spools().all(), exec::inUse);
    } catch (IOException e) {
      Log.warn("old output can't be dropped: " + e);
    }
    idleness.update();
  }

  /** Forgets the exec that ended first, if it did before {@code limit}. */
  private boolean forgetOldest(Instant limit) {
    Optional<Exec> oldest = registry.oldestEndedBefore(limit).filter(exec -> !exec.inUse());
    if (oldest.isEmpty() || !journal.delete(oldest.get().id())) {
      return false;
    }
    forget(oldest.get());
    return true;
  }

  private void forget(Exec exec) {
    registry.remove(exec);
    try {
      retention(exec).forgotten(exec.id());
    } catch (IOException e) {
      Log.warn("output of " + exec.id() + " can't be dropped: " + e);
    }
  }

  private SpoolRetention retention(Exec exec) {
    return exec.isLight() ? lightRetention : retention;
  }

  private void keepHouse() {
    Instant limit = clock.instant().minus(settings.limits().tombstoneAge());
    boolean more = true;
    for (int i = 0; more && i < 1000; i++) {
      more = forgetOldest(limit);
    }
    registry.light().due(clock.instant()).forEach(this::forget);
    idleness.update();
    housekeeping = host.run().reactor().after(HOUSEKEEPING, this::keepHouse);
  }

  /** While anything lives: dead orphans are reaped, and the kernel's kills for memory counted. */
  private void watchOver() {
    if (look == null) {
      host.run().oom().observe();
      look = host.run().reactor().after(LOOKS, this::lookAgain);
    }
  }

  private void lookAgain() {
    look = null;
    host.run().tree().reapOrphans();
    if (live() > 0 || killUnclaimed()) {
      watchOver();
    }
  }

  /** Without execs nothing is meant to run: what broke every mark of its exec is ended here. */
  private boolean killUnclaimed() {
    List<Stray> unclaimed = host.run().tree().unclaimed();
    unclaimed.forEach(stray -> host.run().tree().signal(stray, Signals.KILL));
    if (!unclaimed.isEmpty()) {
      Log.warn("killed what got away from execs that ended: " + unclaimed);
    }
    return !unclaimed.isEmpty();
  }

  private boolean busy() {
    return registry.live() > 0
        || attachments > 0
        || registry.endingWaits(clock.instant(), ENDING_WAITS);
  }

  private final class Keeper implements Exec.Keeper {
    @Override
    public void attachmentsChanged(Exec exec, int by) {
      attachments += by;
      if (by < 0 && exec.ending().isPresent()) {
        try {
          retention(exec).enforce();
        } catch (IOException e) {
          Log.warn("old output can't be dropped: " + e);
        }
      }
      idleness.update();
    }

    @Override
    public void acknowledged(Exec exec) {
      registry.acknowledged(exec, clock.instant());
      retention(exec).acknowledged(exec.id());
      idleness.update();
    }
  }
}
