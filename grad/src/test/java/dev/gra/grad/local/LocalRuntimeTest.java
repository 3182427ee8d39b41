package dev.gra.grad.local;

import static dev.gra.grad.local.LocalBench.sh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gra.grad.runner.EnsureRequest;
import dev.gra.grad.runner.IdleTimeout;
import dev.gra.grad.runner.InvalidFieldException;
import dev.gra.grad.runner.Labels;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Runner;
import dev.gra.grad.runner.RunnerException;
import dev.gra.grad.runner.RunnerFailure.NoRoom;
import dev.gra.grad.runner.RunnerFailure.StartFailed;
import dev.gra.grad.runner.RunnerFailure.Unsupported;
import dev.gra.grad.runner.RunnerName;
import dev.gra.grad.runner.RunnerRuntime;
import dev.gra.grad.runner.RunnerState;
import dev.gra.grad.runner.RunnerUid;
import dev.gra.grad.runner.SpecRequest;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the local runtime does beyond the contract. */
class LocalRuntimeTest {
  private static final Owner ALICE = new Owner("alice");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private LocalBench bench;
  private LocalRuntime runtime;

  @BeforeEach
  void openRuntime() throws IOException {
    use(new LocalBench(IsolationChoice.BUBBLEWRAP));
  }

  private void use(LocalBench next) throws IOException {
    if (bench != null) {
      deleteAllAndClose();
    }
    bench = next;
    runtime = bench.open();
  }

  private void reopen() {
    runtime.close();
    runtime = bench.open();
  }

  @AfterEach
  void deleteAllAndClose() throws IOException {
    for (var runner : runtime.list(ALICE)) {
      runtime.delete(ALICE, runner.name(), Optional.empty());
    }
    runtime.close();
    bench.assertNothingLeft();
    bench.close();
  }

  private Runner ensure(String name) {
    return ensure(runtime, name);
  }

  private static Runner ensure(RunnerRuntime runtime, String name) {
    return runtime.ensure(ALICE, EnsureRequest.named(name), _ -> {}).runner();
  }

  private static String incarnation(RunnerRuntime runtime, Runner runner) throws IOException {
    return sh(runtime, runner, "tail -1 /run/gra/state/started");
  }

  @Test
  void a_second_grad_on_the_same_state_directory_is_refused_in_one_line() {
    assertThatThrownBy(bench::open)
        .isInstanceOfSatisfying(
            RunnerException.class,
            e ->
                assertThat(e.failure())
                    .isInstanceOfSatisfying(
                        Unsupported.class,
                        failure -> {
                          assertThat(failure.message())
                              .startsWith("another grad uses the state directory")
                              .hasLineCount(1);
                          assertThat(failure.fix()).contains("gractl local stop");
                        }));
  }

  @Test
  void a_runner_outlives_a_killed_grad() throws Exception {
    runtime.close();
    var grad =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledGrad.class.getName(),
                bench.home().toString(),
                bench.settings().runnerd().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var uid = grad.inputReader().readLine();
    grad.destroyForcibly();
    assertThat(grad.waitFor(10, TimeUnit.SECONDS)).isTrue();
    var processes = LocalBench.processes(new RunnerUid(uid));
    assertThat(processes).isNotEmpty().allMatch(ProcessIdentity::alive);

    runtime = bench.open();

    assertThat(ensure("r").uid().value()).isEqualTo(uid);
    assertThat(processes).allMatch(ProcessIdentity::alive);
  }

  /** A grad of one runner that waits to be killed. */
  static final class KilledGrad {
    private KilledGrad() {}

    public static void main(String[] arguments) throws Exception {
      var settings =
          LocalSettings.of(
              Path.of(arguments[0]), Path.of(arguments[1]), IsolationChoice.BUBBLEWRAP);
      var uid = ensure(LocalRuntime.open(settings), "r").uid();
      System.out.println(uid);
      System.in.read();
    }
  }

  @Test
  void a_half_made_runner_is_reaped() throws IOException {
    var uid = RunnerUid.random();
    Files.createDirectories(bench.home().resolve("runners").resolve(uid.value()).resolve("state"));

    reopen();

    bench.assertNothingLeft();
  }

  @Test
  void a_runner_with_a_broken_record_is_reaped_with_its_processes() throws IOException {
    var runner = ensure("r");
    Files.writeString(bench.directory(runner).path().resolve("runner.json"), "{\"owner\": 7}");

    reopen();

    bench.assertNothingLeft();
    assertThat(LocalBench.processes(runner.uid())).isEmpty();
  }

  @Test
  void a_delete_that_a_killed_grad_began_is_carried_out_by_the_next() throws IOException {
    var runner = ensure("r");
    bench.directory(runner).markDeleted();

    reopen();

    assertThat(runtime.list(ALICE)).isEmpty();
    bench.assertNothingLeft();
  }

  @Test
  void a_runner_that_finished_while_no_grad_ran_is_swept() throws IOException {
    var spec =
        new SpecRequest(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(IdleTimeout.after(Duration.ofSeconds(1))));
    var request = new EnsureRequest(new RunnerName("r"), Labels.NONE, spec, false);
    var runner = runtime.ensure(ALICE, request, _ -> {}).runner();
    runtime.close();
    await().atMost(PATIENCE).until(() -> LocalBench.processes(runner.uid()).isEmpty());

    runtime = bench.open();

    await().atMost(PATIENCE).until(() -> runtime.list(ALICE).isEmpty());
    bench.assertNothingLeft();
  }

  @Test
  void a_state_directory_with_a_long_path_works() throws Exception {
    for (var isolation : new IsolationChoice[] {IsolationChoice.BUBBLEWRAP, IsolationChoice.NONE}) {
      use(new LocalBench(isolation, "a".repeat(120)));
      var runner = ensure("r");

      assertThat(sh(runtime, runner, "echo $GRA_RUNNER_UID")).isEqualTo(runner.uid().value());
      reopen();
      assertThat(sh(runtime, runner, "echo again")).isEqualTo("again");
      runtime.delete(ALICE, runner.name(), Optional.empty());
      bench.assertNothingLeft();
    }
  }

  @Test
  void several_state_directories_dont_disturb_each_other() throws Exception {
    try (var other = new LocalBench(IsolationChoice.BUBBLEWRAP);
        var otherRuntime = other.open()) {
      var mine = ensure("r");
      var theirs = ensure(otherRuntime, "r");
      otherRuntime.delete(ALICE, theirs.name(), Optional.empty());

      assertThat(sh(runtime, mine, "echo here")).isEqualTo("here");
    }
  }

  @Test
  void a_runner_whose_socket_a_command_removed_comes_back() throws Exception {
    var runner = ensure("r");
    var before = incarnation(runtime, runner);
    sh(runtime, runner, "rm /run/gra/link/s");

    assertThat(incarnation(runtime, runner)).isNotEqualTo(before);
    assertThat(ensure("r")).isEqualTo(runner);
  }

  @Test
  void a_link_that_a_command_put_in_the_sockets_place_is_not_followed() throws Exception {
    var runner = ensure("r");
    var outside = bench.directory().resolve("outside");
    try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(outside));
      listener.configureBlocking(false);
      sh(runtime, runner, "ln -sf " + outside + " /run/gra/link/s");

      assertThat(sh(runtime, runner, "echo $GRA_RUNNER_UID")).isEqualTo(runner.uid().value());
      assertThat(listener.accept()).isNull();
    }
  }

  @Test
  void what_a_command_left_running_ends_with_its_runnerd() throws Exception {
    for (var isolation : new IsolationChoice[] {IsolationChoice.BUBBLEWRAP, IsolationChoice.NONE}) {
      use(new LocalBench(isolation));
      var runner = ensure("r");
      sh(runtime, runner, "setsid sleep 1000 >/dev/null 2>&1 </dev/null &");
      var before = LocalBench.processes(runner.uid());

      bench.killRunnerd(runner);

      sh(runtime, runner, "true");
      assertThat(before).noneMatch(ProcessIdentity::alive);
      assertThat(LocalBench.processes(runner.uid())).isNotEmpty();
    }
  }

  @Test
  void a_recorded_runner_is_ended_in_good_order() throws Exception {
    for (var isolation : new IsolationChoice[] {IsolationChoice.BUBBLEWRAP, IsolationChoice.NONE}) {
      use(new LocalBench(isolation));
      var runner = ensure("r");
      var directory = bench.directory(runner);
      runtime.close();

      RunnerProcess.recorded(isolation(isolation), directory).end();

      assertThat(directory.state().resolve("terminated")).exists();
      assertThat(LocalBench.processes(runner.uid())).isEmpty();
      runtime = bench.open();
    }
  }

  private Isolation isolation(IsolationChoice choice) throws IOException {
    var settings = bench.settings();
    return switch (choice) {
      case NONE -> new Unisolated(settings, Sockets.of(bench.home(), settings.environment()));
      case AUTO, BUBBLEWRAP ->
          new Bubblewrap(settings, Path.of("bwrap"), bench.home(), () -> Interpreters.NONE);
    };
  }

  @Test
  void a_pid_that_is_another_process_by_now_is_left_alone() throws Exception {
    var runner = ensure("r");
    var directory = bench.directory(runner);
    runtime.close();
    var sleeper = new ProcessBuilder("sleep", "1000").start();
    try {
      var recorded = directory.process().orElseThrow();
      directory.process(
          new ProcessIdentity(sleeper.pid(), recorded.startTicks(), recorded.bootId()));

      RunnerProcess.recorded(isolation(IsolationChoice.BUBBLEWRAP), directory).end();

      assertThat(sleeper.isAlive()).isTrue();
      assertThat(LocalBench.processes(runner.uid())).isEmpty();
    } finally {
      sleeper.destroyForcibly().waitFor();
      runtime = bench.open();
    }
  }

  @Test
  void an_unisolated_runner_is_not_adopted_by_a_grad_that_isolates() throws Exception {
    use(new LocalBench(IsolationChoice.NONE));
    var runner = ensure("r");
    var before = LocalBench.processes(runner.uid());
    runtime.close();

    runtime = LocalRuntime.open(bench.settings(IsolationChoice.BUBBLEWRAP));

    assertThat(sh(runtime, runner, "cat /proc/1/comm")).isEqualTo("bwrap");
    assertThat(before).noneMatch(ProcessIdentity::alive);
    var isolated = incarnation(runtime, runner);
    runtime.close();
    runtime = LocalRuntime.open(bench.settings(IsolationChoice.AUTO));
    assertThat(incarnation(runtime, runner)).isEqualTo(isolated);
  }

  @Test
  void a_runnerd_that_does_not_start_is_told_with_its_last_words_and_leaves_nothing()
      throws Exception {
    runtime.close();
    runtime = bench.with("--fail", "no luck today").open();

    assertThatThrownBy(() -> ensure("r"))
        .isInstanceOfSatisfying(
            RunnerException.class,
            e -> {
              assertThat(e.failure()).isInstanceOf(StartFailed.class);
              assertThat(e).hasMessageContaining("stand-in: no luck today");
            });
    bench.assertNothingLeft();
  }

  @Test
  void a_runner_that_keeps_dying_fails_and_the_next_ensure_makes_another() throws Exception {
    var runner = ensure("r");
    var die = bench.directory(runner).workspace().resolve("die");
    Files.createFile(die);
    bench.killRunnerd(runner);

    await()
        .atMost(PATIENCE)
        .until(() -> runtime.get(ALICE, runner.name()).state() == RunnerState.FAILED);
    assertThat(runtime.get(ALICE, runner.name()).message()).contains("told to die");
    assertThat(ensure("r").uid()).isNotEqualTo(runner.uid());
  }

  @Test
  void a_slow_start_can_be_deleted_at_once() throws Exception {
    runtime.close();
    runtime = bench.with("--delay", "25").open();
    var making = Thread.ofVirtual().unstarted(() -> assertThatThrownBy(() -> ensure("r")));
    making.start();
    await().atMost(PATIENCE).until(() -> !runtime.list(ALICE).isEmpty());
    var begin = System.nanoTime();

    runtime.delete(ALICE, new RunnerName("r"), Optional.empty());

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
    making.join();
    bench.assertNothingLeft();
  }

  @Test
  void more_runners_than_there_is_room_for_are_refused() throws Exception {
    runtime.close();
    runtime = bench.maxRunners(1).open();
    ensure("a");

    assertThatThrownBy(() -> ensure("b"))
        .isInstanceOfSatisfying(
            RunnerException.class, e -> assertThat(e.failure()).isInstanceOf(NoRoom.class));
    assertThat(ensure("a").name()).isEqualTo(new RunnerName("a"));
  }

  @Test
  void an_image_is_refused_by_its_field() {
    var spec =
        new SpecRequest(
            Optional.empty(),
            Optional.of("debian"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    assertThatThrownBy(
            () ->
                runtime.ensure(
                    ALICE,
                    new EnsureRequest(new RunnerName("r"), Labels.NONE, spec, false),
                    _ -> {}))
        .isInstanceOfSatisfying(
            InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo("spec.image"));
  }

  @Test
  void any_files_that_commands_leave_are_removed() throws Exception {
    var runner = ensure("r");
    sh(
        runtime,
        runner,
        """
        mkdir -p a/b closed/in; touch "$(printf 'bad\\377name')" 'new
        line' closed/in/f; ln -s /usr usr; ln -s . loop; mkfifo fifo
        chmod 0 closed/in closed; chmod 555 a
        """);
    var usr = Files.exists(Path.of("/usr/bin"));

    runtime.delete(ALICE, runner.name(), Optional.empty());

    bench.assertNothingLeft();
    assertThat(Files.exists(Path.of("/usr/bin"))).isEqualTo(usr);
  }

  @Test
  void the_state_directory_is_its_owners_alone() throws Exception {
    var runner = ensure("r");
    for (var path :
        new Path[] {
          bench.home(), bench.home().resolve("runners"), bench.directory(runner).path(),
        }) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void a_missing_bubblewrap_is_told_with_the_fix() throws Exception {
    assertThatThrownBy(() -> BubblewrapProbe.find("/nowhere", "/neither"))
        .isInstanceOfSatisfying(
            RunnerException.class,
            e ->
                assertThat(e.failure())
                    .isInstanceOfSatisfying(
                        Unsupported.class,
                        failure ->
                            assertThat(failure.fix())
                                .contains("apt-get install bubblewrap")
                                .contains("--isolation none")));
  }

  @Test
  void a_bubblewrap_that_does_not_work_is_told_with_the_fix() throws Exception {
    runtime.close();
    var bin = Files.createDirectories(bench.directory().resolve("bin"));
    var bwrap = bin.resolve("bwrap");
    Files.writeString(
        bwrap, "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n");
    Files.setPosixFilePermissions(bwrap, PosixFilePermissions.fromString("rwxr-xr-x"));
    var path = System.getenv("PATH");
    bench.environment("PATH", bin + ":" + path);

    assertThatThrownBy(bench::open)
        .isInstanceOfSatisfying(
            RunnerException.class,
            e ->
                assertThat(e.failure())
                    .isInstanceOfSatisfying(
                        Unsupported.class,
                        failure -> {
                          assertThat(failure.message()).contains("No permissions to create");
                          assertThat(failure.fix()).endsWith("--isolation none");
                        }));

    runtime = bench.environment("PATH", path).open();
  }
}
