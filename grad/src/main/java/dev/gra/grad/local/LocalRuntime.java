package dev.gra.grad.local;

import dev.gra.grad.runner.Capabilities;
import dev.gra.grad.runner.CreationStage;
import dev.gra.grad.runner.EnsureRequest;
import dev.gra.grad.runner.Ensured;
import dev.gra.grad.runner.InvalidFieldException;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Runner;
import dev.gra.grad.runner.RunnerFailure.Exists;
import dev.gra.grad.runner.RunnerFailure.Gone;
import dev.gra.grad.runner.RunnerFailure.NoRoom;
import dev.gra.grad.runner.RunnerFailure.NotFound;
import dev.gra.grad.runner.RunnerFailure.SpecConflict;
import dev.gra.grad.runner.RunnerFailure.StartFailed;
import dev.gra.grad.runner.RunnerFailure.UidMismatch;
import dev.gra.grad.runner.RunnerFailure.Unavailable;
import dev.gra.grad.runner.RunnerFailure.Unsupported;
import dev.gra.grad.runner.RunnerName;
import dev.gra.grad.runner.RunnerRuntime;
import dev.gra.grad.runner.RunnerState;
import dev.gra.grad.runner.RunnerUid;
import dev.gra.grad.runner.S3fs;
import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Runners on this machine, under one state directory that it holds alone. */
public final class LocalRuntime implements RunnerRuntime {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);
  private static final int STARTS_AT_ONCE = 4;

  private record Key(Owner owner, RunnerName name) {}

  private final LocalSettings settings;
  private final StateDirectory state;
  private final Sockets sockets;
  private final Isolation isolation;
  private final Semaphore starts = new Semaphore(STARTS_AT_ONCE);
  private final ConcurrentHashMap<Key, LocalRunner> runners = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<LocalRunner, Thread> lives = new ConcurrentHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  private LocalRuntime(
      LocalSettings settings, StateDirectory state, Sockets sockets, Isolation isolation) {
    this.settings = settings;
    this.state = state;
    this.sockets = sockets;
    this.isolation = isolation;
  }

  /**
   * Takes the state directory, proves the isolation, and takes over the runners that are there.
   *
   * @throws dev.gra.grad.runner.RunnerException Unsupported, with the fix: another grad has the
   *     state directory, or no sandbox works here and none was not asked for by name
   */
  public static LocalRuntime open(LocalSettings settings) {
    var state = StateDirectory.open(settings.stateDirectory());
    try {
      requireRunnerd(settings.runnerd());
      var sockets = Sockets.of(state.home(), settings.environment());
      var runtime = new LocalRuntime(settings, state, sockets, isolation(settings, state, sockets));
      runtime.takeOver();
      return runtime;
    } catch (IOException e) {
      state.close();
      throw new Unavailable("can't read the state directory: " + e.getMessage()).exception(e);
    } catch (RuntimeException e) {
      state.close();
      throw e;
    }
  }

  private static void requireRunnerd(Path runnerd) {
    var program = runnerd.resolve("bin/runnerd");
    if (!Files.isExecutable(program)) {
      throw new Unsupported(
              "no runnerd at " + program, "build it, or name its directory by --runnerd")
          .exception();
    }
  }

  private static Isolation isolation(
      LocalSettings settings, StateDirectory state, Sockets sockets) {
    return switch (settings.isolation()) {
      case NONE -> unisolated(settings, sockets);
      case AUTO, BUBBLEWRAP -> bubblewrap(settings, state);
    };
  }

  private static Isolation unisolated(LocalSettings settings, Sockets sockets) {
    if (settings.network() == NetworkChoice.NONE) {
      throw new Unsupported(
              "without isolation the network can't be kept away", "--isolation bubblewrap")
          .exception();
    }
    return new Unisolated(settings, sockets);
  }

  private static Isolation bubblewrap(LocalSettings settings, StateDirectory state) {
    var home = Path.of(System.getProperty("user.home"));
    var bwrap =
        BubblewrapProbe.find(
            settings.environment().getOrDefault("PATH", ""), "/usr/local/bin:/usr/bin:/bin");
    // The proof needs no interpreter, and finding them takes longer than grad may take to be ready.
    BubblewrapProbe.prove(new Bubblewrap(settings, bwrap, home, () -> Interpreters.NONE), state);
    return new Bubblewrap(
        settings,
        bwrap,
        home,
        Once.begin(
            "interpreters",
            () -> Interpreters.find(settings.environment(), List.of(home, state.home()))));
  }

  private void takeOver() throws IOException {
    for (var directory : state.runners()) {
      var record = directory.runner().filter(_ -> !directory.deleted()).filter(LocalRuntime::known);
      var runner = record.map(found -> new LocalRunner(found, directory, RunnerState.RESTARTING));
      // Two of one name can't be: a name is free only when its directory is gone.
      if (runner.isPresent() && runners.putIfAbsent(key(record.get()), runner.get()) == null) {
        begin(runner.get(), true);
      } else {
        reap(directory);
      }
    }
  }

  private static boolean known(RunnerRecord record) {
    return record.isolation().equals("bubblewrap") || record.isolation().equals("none");
  }

  /** Half made or half gone. */
  private void reap(RunnerDirectory directory) throws IOException {
    RunnerProcess.unknown(isolation, directory).kill();
    sockets.forget(directory);
    directory.remove();
  }

  private void begin(LocalRunner runner, boolean found) {
    var life = new RunnerLife(runner, found, isolation, sockets, starts, this::forget);
    var name = "runner-" + runner.record().name();
    var thread = Thread.ofVirtual().name(name).unstarted(life);
    lives.put(runner, thread);
    thread.start();
  }

  private void forget(LocalRunner runner) {
    runners.remove(key(runner.record()), runner);
    lives.remove(runner);
  }

  private static Key key(RunnerRecord record) {
    return new Key(record.owner(), record.name());
  }

  @Override
  public Ensured ensure(Owner owner, EnsureRequest request, Consumer<CreationStage> stages) {
    if (request.spec().image().filter(image -> !image.isEmpty()).isPresent()) {
      throw new InvalidFieldException("spec.image", "the local runtime has no images");
    }
    var key = new Key(owner, request.name());
    while (true) {
      requireOpen();
      var made = candidate(key, request);
      var runner = runners.computeIfAbsent(key, _ -> makeable(made));
      var created = runner == made;
      if (created) {
        begin(runner, false);
      } else {
        requireAgreement(runner.now(), request);
      }
      var settled = runner.settled(stages, PATIENCE);
      if (settled.ready() && (created || reachable(runner))) {
        return new Ensured(settled.runner(), created);
      }
      requireAnotherTry(settled, created);
      if (settled.runner().state() == RunnerState.FAILED && !settled.gone()) {
        removed(runner);
      }
    }
  }

  private LocalRunner candidate(Key key, EnsureRequest request) {
    var uid = RunnerUid.random();
    var record =
        new RunnerRecord(
            key.owner(),
            key.name(),
            uid,
            request.labels(),
            request.spec().resolve(settings.defaults()),
            Instant.now(),
            isolation.label());
    return new LocalRunner(record, state.runner(uid), RunnerState.CREATING);
  }

  private LocalRunner makeable(LocalRunner made) {
    var datasets = made.record().spec().datasets();
    LocalMounts.require(datasets, isolation, settings.environment().getOrDefault("PATH", ""));
    var _ = Secrets.of(settings.stateDirectory()).variables(datasets);
    if (runners.size() >= settings.maxRunners()) {
      throw new NoRoom("runners", "there are " + settings.maxRunners() + " runners already")
          .exception();
    }
    return made;
  }

  private static void requireAgreement(Runner runner, EnsureRequest request) {
    if (!runner.state().live()) {
      return;
    }
    if (request.mustBeNew()) {
      throw new Exists(runner.name()).exception();
    }
    request
        .spec()
        .conflictWith(runner.spec())
        .ifPresent(
            field -> {
              throw new SpecConflict(runner.name(), field).exception();
            });
  }

  private static void requireAnotherTry(LocalRunner.Settled settled, boolean created) {
    settled
        .startFailure()
        .ifPresent(
            why -> {
              throw S3fs.failure(why)
                  .orElseGet(() -> new StartFailed(settled.runner().name(), why))
                  .exception();
            });
    if (created && settled.gone() && settled.runner().state() == RunnerState.DELETING) {
      throw new Unavailable("runner " + settled.runner().name() + " was deleted while it was made")
          .exception();
    }
  }

  /** A runner that says it is ready may have died a moment ago. */
  private boolean reachable(LocalRunner runner) {
    try (var channel = Greeting.connect(sockets.reach(runner.directory()))) {
      return channel.isConnected();
    } catch (IOException _) {
      runner.suspect();
      return false;
    }
  }

  @Override
  public Runner get(Owner owner, RunnerName name) {
    return find(owner, name).now();
  }

  private LocalRunner find(Owner owner, RunnerName name) {
    requireOpen();
    return Optional.ofNullable(runners.get(new Key(owner, name)))
        .orElseThrow(() -> new NotFound(name).exception());
  }

  @Override
  public List<Runner> listAll() {
    requireOpen();
    return runners.values().stream().map(LocalRunner::now).toList();
  }

  @Override
  public List<Runner> list(Owner owner) {
    return listAll().stream()
        .filter(runner -> runner.owner().equals(owner))
        .sorted(Comparator.comparing(Runner::name))
        .toList();
  }

  @Override
  public void delete(Owner owner, RunnerName name, Optional<RunnerUid> uid) {
    var runner = find(owner, name);
    var actual = runner.record().uid();
    uid.filter(wanted -> !wanted.equals(actual))
        .ifPresent(
            wanted -> {
              throw new UidMismatch(name, wanted, actual).exception();
            });
    removed(runner);
  }

  private static void removed(LocalRunner runner) {
    var settled = runner.delete(PATIENCE);
    if (!settled.gone()) {
      throw new Unavailable("runner " + runner.record().name() + ": " + settled.runner().message())
          .exception();
    }
  }

  @Override
  public ByteChannel connect(Runner wanted) {
    while (true) {
      requireOpen();
      var runner = runners.get(new Key(wanted.owner(), wanted.name()));
      if (runner == null) {
        throw gone(wanted, "deleted or finished");
      }
      if (!runner.record().uid().equals(wanted.uid())) {
        throw gone(wanted, "replaced by another one");
      }
      var settled = runner.settled(_ -> {}, PATIENCE);
      if (!settled.ready()) {
        throw gone(
            wanted, settled.runner().message().isEmpty() ? "deleted" : settled.runner().message());
      }
      try {
        return Greeting.connect(sockets.reach(runner.directory()));
      } catch (IOException _) {
        runner.suspect();
      }
    }
  }

  private static RuntimeException gone(Runner runner, String why) {
    return new Gone(runner.name(), runner.uid(), why).exception();
  }

  /** What the kernel ends here it ends one by one, which runnerd sees. */
  @Override
  public boolean ranOutOfMemory(Runner runner, Instant since) {
    return false;
  }

  @Override
  public Capabilities capabilities() {
    var isolated = isolation instanceof Bubblewrap;
    return new Capabilities("local", isolation.label(), isolated, false, false, false);
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new Unavailable("grad is closing").exception();
    }
  }

  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    runners.values().forEach(LocalRunner::close);
    var deadline = System.nanoTime() + CLOSE_PATIENCE.toNanos();
    try {
      for (var life : lives.values()) {
        life.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      state.close();
    }
  }
}
